import { Document, isMap, isScalar, type Pair, parseAllDocuments, type YAMLMap } from 'yaml';

const HEADER = `# The operator and its rights. Apply crds/ first; put the image where your cluster can pull it and name it below.
# This is what the chart in charts/anweddol-operator makes with its default values: node deploy/chart/render.ts writes it.
`;

/** What says that Helm takes care of an object, which it does not here. */
const OF_HELM = new Set(['helm.sh/chart', 'app.kubernetes.io/managed-by', 'app.kubernetes.io/instance']);

/**
 * The objects of a rendered chart as manifests to apply, with their namespace before them.
 * @param rendered what \`helm template\` printed; its comments stay but for those that name the templates
 */
export function plainManifests(rendered: string, namespace: string): string {
  const documents = parseAllDocuments(rendered).filter(({ contents }) => isMap(contents));
  const texts = documents.map((document) => {
    dropLabels(document.contents as YAMLMap);
    document.commentBefore = document.commentBefore?.replace(/^ Source: .*\n?/m, '') || null;
    const contents = document.contents as YAMLMap;
    contents.commentBefore = contents.commentBefore?.replace(/^ Source: .*\n?/m, '') || null;
    return document.toString({ lineWidth: 0, directives: false, flowCollectionPadding: false });
  });
  return HEADER + [namespaceText(namespace), ...texts].join('---\n');
}

function namespaceText(name: string): string {
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  return new Document({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } }).toString();
}

/** In labels and in selectors, wherever they are. */
function dropLabels(map: YAMLMap): void {
  map.items = (map.items as Pair[]).filter(({ key }) => !(isScalar(key) && OF_HELM.has(String(key.value))));
  for (const { value } of map.items) if (isMap(value)) dropLabels(value);
}
