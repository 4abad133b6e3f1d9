/** Jobs have no delete and their names are never free again, so that each is called `<base>-<n>`, n from 1. */

/** What the jobs of one content are called, up to their number. */
export const baseName = (prefix: string, contentHash: string) => `${prefix}-${contentHash.slice(0, 8)}`;

/** The number at the end of a job's name, or 0 where the name has another base. */
export function numberOf(jobName: string | undefined, base: string): number {
    const number = jobName?.startsWith(`${base}-`) ? Number(jobName.slice(base.length + 1)) : 0;
    return Number.isInteger(number) && number > 0 ? number : 0;
}

/** The first name of this base that none of `jobs`, all of the account, has had. */
export async function nextName(base: string, jobs: AsyncIterable<{ jobName?: string | undefined }>): Promise<string> {
    let highest = 0;
    for await (const { jobName } of jobs) {
        highest = Math.max(highest, numberOf(jobName, base));
    }
    return `${base}-${highest + 1}`;
}

/** The first of `jobs` that has this base and did not fail. */
export async function jobOf<J extends { jobName?: string | undefined; status?: string | undefined }>(
    base: string,
    jobs: AsyncIterable<J>,
): Promise<J | undefined> {
    for await (const job of jobs) {
        if (numberOf(job.jobName, base) > 0 && job.status !== "CREATE FAILED") {
            return job;
        }
    }
    return undefined;
}
