const NAME = /^(?:[a-zA-Z0-9.-]+(?::[0-9]+)?\/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*:[\w][\w.-]{0,127}$/;

/** @throws Error when it can't be the name of an image, or names no tag */
export function checkImageName(name: string): string {
  if (NAME.test(name)) return name;
  throw new Error(
    `"${name}" is no name for an image: it takes NAME:TAG, such as registry.example/anweddol-operator:0.1.0`,
  );
}

/** The name in full, as container runtimes store it: without a registry it is Docker Hub's, whether or not it is there. */
export function canonicalName(name: string): string {
  const [first = '', ...rest] = name.split('/');
  if (rest.length > 0 && (/[.:]/.test(first) || first === 'localhost')) return name;
  return `docker.io/${rest.length > 0 ? '' : 'library/'}${name}`;
}
