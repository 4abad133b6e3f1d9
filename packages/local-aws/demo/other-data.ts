/** The end of an import job's name: the first eight digits of the content's SHA-256, and a number. */
const hashOfJob = /-([0-9a-f]{8})-\d+$/;

/**
 * Returns whether the stack has imported other interactions than those with this hash. If so, the demo needs a new
 * dataset: the old dataset keeps its streamed events, and Personalize would train on events of other items.
 * @param outputs stack outputs; empty before the first `up`
 * @param sha256 hash of the interactions, hexadecimal
 */
export function hasOtherData(outputs: Readonly<Record<string, unknown>>, sha256: string): boolean {
    const imported = hashOfJob.exec(String(outputs.importJobArn ?? ""))?.[1];
    return imported !== undefined && !sha256.startsWith(imported);
}
