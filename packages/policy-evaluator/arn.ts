/** The parts of an Amazon Resource Name (IAM User Guide, "Identify AWS resources with Amazon Resource Names"). */
export interface Arn {
    readonly partition: string;
    readonly service: string;
    /** Region; empty for a resource without a region. */
    readonly region: string;
    /** Account ID; empty for a name without an account, as in S3. */
    readonly accountId: string;
    /** Everything after the fifth colon, colons included. */
    readonly resource: string;
}

/** Returns the ARN of a resource in an account and a region. `resource` is everything after the account. */
export function regionalArn(
    { partition, region, accountId }: Pick<Arn, "partition" | "region" | "accountId">,
    service: string,
    resource: string,
): string {
    return `arn:${partition}:${service}:${region}:${accountId}:${resource}`;
}

/** Parses an ARN; returns undefined for any other text. */
export function parseArn(text: string): Arn | undefined {
    const [head, partition, service, region, accountId, ...rest] = text.split(":");
    if (head !== "arn" || !partition || !service || region === undefined || accountId === undefined) {
        return undefined;
    }
    return rest.length === 0 ? undefined : { partition, service, region, accountId, resource: rest.join(":") };
}

/** Returns the account in an ARN; undefined if it has none. */
export function accountOf(arn: string): string | undefined {
    return parseArn(arn)?.accountId || undefined;
}
