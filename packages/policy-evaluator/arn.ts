/** The parts of an Amazon Resource Name (IAM User Guide, "Identify AWS resources with Amazon Resource Names"). */
export interface Arn {
    readonly partition: string;
    readonly service: string;
    /** Empty where the resource belongs to no region. */
    readonly region: string;
    /** Empty where the name tells no account, as in S3. */
    readonly accountId: string;
    /** Everything after the fifth colon, colons included. */
    readonly resource: string;
}

/** An ARN of what an account has in a region; `resource` is all that follows the account. */
export function regionalArn(
    { partition, region, accountId }: Pick<Arn, "partition" | "region" | "accountId">,
    service: string,
    resource: string,
): string {
    return `arn:${partition}:${service}:${region}:${accountId}:${resource}`;
}

/** The parts of an ARN; undefined for a text that is none. */
export function parseArn(text: string): Arn | undefined {
    const [head, partition, service, region, accountId, ...rest] = text.split(":");
    if (head !== "arn" || !partition || !service || region === undefined || accountId === undefined) {
        return undefined;
    }
    return rest.length === 0 ? undefined : { partition, service, region, accountId, resource: rest.join(":") };
}

/** The account that an ARN names; undefined where it names none. */
export function accountOf(arn: string): string | undefined {
    return parseArn(arn)?.accountId || undefined;
}
