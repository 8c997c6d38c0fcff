/**
 * JSON in the very form that released programs send it: a space after each comma and colon, ASCII only. Any JSON would
 * be understood; this one makes a session of ours the same bytes as one of theirs.
 */
export function jsonText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(jsonText).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined);
    return `{${fields.map(([key, field]) => `${asciiText(key)}: ${jsonText(field)}`).join(', ')}}`;
  }
  return typeof value === 'string' ? asciiText(value) : (JSON.stringify(value) ?? 'null');
}

function asciiText(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\uffff]/g, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
