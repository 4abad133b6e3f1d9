/**
 * Personalize cannot delete a job, and the job's name cannot be reused. So each job is named `<base>-<n>`, with n from
 * 1.
 */

/** The content hash and the number at the end of a job's name: `…-<hash8>-<n>`. */
const hashAndNumber = /-([0-9a-f]{8})-([1-9]\d*)$/;

/**
 * Returns the first part of a job's name, `<prefix>-<hash8>`. All jobs with the same content have it in common.
 * `contentHash` is a SHA-256, hexadecimal.
 */
export const baseName = (prefix: string, contentHash: string) => `${prefix}-${contentHash.slice(0, 8)}`;

/**
 * Returns the first eight digits of the content's SHA-256 from a job's name or ARN; undefined for a name from outside
 * the program.
 */
export const findContentHash = (job: string | undefined): string | undefined => hashAndNumber.exec(job ?? "")?.[1];

/** Returns the number at the end of a job's name, or 0 for a name with another base. */
export function parseJobNumber(jobName: string | undefined, base: string): number {
    const number = jobName?.startsWith(`${base}-`) ? Number(jobName.slice(base.length + 1)) : 0;
    return Number.isInteger(number) && number > 0 ? number : 0;
}

/** Returns the first unused name with this base; `jobs` are all jobs of the account. */
export async function nextName(base: string, jobs: AsyncIterable<{ jobName?: string | undefined }>): Promise<string> {
    let highest = 0;
    for await (const { jobName } of jobs) highest = Math.max(highest, parseJobNumber(jobName, base));
    return `${base}-${highest + 1}`;
}

interface Job {
    readonly jobName?: string | undefined;
    readonly status?: string | undefined;
    readonly creationDateTime?: Date | undefined;
}

/**
 * Finds the newest of `jobs` with this prefix that did not fail, and returns it if its name starts with `base`.
 * Otherwise returns undefined, even if an earlier job's name starts with `base`, because the newest job has replaced
 * the output of earlier jobs.
 */
export async function findNewestMatch<J extends Job>(
    base: string,
    prefix: string,
    jobs: AsyncIterable<J>,
): Promise<J | undefined> {
    let newest: J | undefined;
    for await (const job of jobs) {
        const tail = job.jobName?.startsWith(prefix) ? job.jobName.slice(prefix.length) : "";
        const ofPrefix = hashAndNumber.exec(tail)?.index === 0;
        const newer = (job.creationDateTime ?? 0) > (newest?.creationDateTime ?? 0);
        newest = ofPrefix && newer && job.status !== "CREATE FAILED" ? job : newest;
    }
    return parseJobNumber(newest?.jobName, base) > 0 ? newest : undefined;
}
