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

interface Job {
    readonly jobName?: string | undefined;
    readonly status?: string | undefined;
    readonly creationDateTime?: Date | undefined;
}

/**
 * The newest of `jobs` that has this prefix and did not fail, if it has this base too: what a later job wrote has taken
 * the place of what the ones before it did.
 */
export async function newestIfOf<J extends Job>(
    base: string,
    prefix: string,
    jobs: AsyncIterable<J>,
): Promise<J | undefined> {
    const tail = /^-[0-9a-f]{8}-[1-9]\d*$/;
    let newest: J | undefined;
    for await (const job of jobs) {
        const ofPrefix = job.jobName?.startsWith(prefix) && tail.test(job.jobName.slice(prefix.length));
        const newer = (job.creationDateTime ?? 0) > (newest?.creationDateTime ?? 0);
        newest = ofPrefix && newer && job.status !== "CREATE FAILED" ? job : newest;
    }
    return numberOf(newest?.jobName, base) > 0 ? newest : undefined;
}
