/** The text of a Chart.yaml with another version of both the chart and its application. */
export function withVersion(text: string, version: string): string {
  return text.replace(/^(version|appVersion): .*$/gm, (_, key: string) => `${key}: ${version}`);
}
