/** The first eight digits of a SHA-256 and a number, at the end of an import job's name. */
const hashOfJob = /-([0-9a-f]{8})-\d+$/;

/**
 * Whether a stack has imported other interactions than those with this hash. Then its events and viewers' films belong to
 * other items: Personalize keeps events for as long as the dataset exists, and would train on both.
 *
 * @param outputs of the stack; empty before its first `up`.
 * @param sha256 of the interactions, hexadecimal.
 */
export function hasOtherData(outputs: Readonly<Record<string, unknown>>, sha256: string): boolean {
    const imported = hashOfJob.exec(String(outputs.importJobArn ?? ""))?.[1];
    return imported !== undefined && !sha256.startsWith(imported);
}
