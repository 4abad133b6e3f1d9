/** The end of an import job's name: eight digits of a SHA-256, and a number. */
const hashOfJob = /-([0-9a-f]{8})-\d+$/;

/**
 * Whether a stack imported other interactions than those with this hash. If so, the demo needs a new dataset:
 * Personalize keeps streamed events as long as the dataset exists, and would train on events of other items.
 * @param outputs stack outputs; empty before the first `up`
 * @param sha256 hash of the interactions, hexadecimal
 */
export function hasOtherData(outputs: Readonly<Record<string, unknown>>, sha256: string): boolean {
    const imported = hashOfJob.exec(String(outputs.importJobArn ?? ""))?.[1];
    return imported !== undefined && !sha256.startsWith(imported);
}
