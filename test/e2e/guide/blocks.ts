/** The shell blocks of the operations guide, by document and heading. */
import { documents, placedShellBlocks } from '../../unit/docs/documents.ts';

/** Such as `install.md: By Helm`; `README.md` is the guide's own. */
export async function guideBlocks(): Promise<Map<string, string>> {
  const pages = [...(await documents('deploy/README.md')), ...(await documents('deploy/guide/*.md'))];
  return new Map(
    pages.flatMap(({ path, text }) => {
      const name = path.slice(path.lastIndexOf('/') + 1);
      return placedShellBlocks(text).map(({ place, commands }) => [`${name}: ${place}`, commands] as const);
    }),
  );
}
