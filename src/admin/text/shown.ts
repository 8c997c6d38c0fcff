/** Texts that others wrote, as they may be shown. */

const MOST = 500;

/**
 * One line without anything that a terminal would act upon, such as escape sequences and marks that turn the direction of
 * writing; cut where it is too long.
 */
export function shown(text: string, most = MOST): string {
  const line = text
    .replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const characters = [...line];
  return characters.length <= most ? line : `${characters.slice(0, most - 1).join('')}…`;
}

/** JSON that a terminal shows as it stands: what JSON itself leaves alone is escaped, too. */
export function shownJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replace(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu, escaped);
}

function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
