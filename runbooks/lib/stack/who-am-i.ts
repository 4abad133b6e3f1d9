import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";

/** The caller of AWS. */
export interface Identity {
    readonly arn: string;
    readonly partition: string;
    readonly accountId: string;
}

/** Returns the caller's ARN, partition and account. Throws STS's errors. */
export async function whoAmI(region: string): Promise<Identity> {
    const { Arn = "", Account = "" } = await new STSClient({ region }).send(new GetCallerIdentityCommand({}));
    return { arn: Arn, partition: Arn.split(":")[1] ?? "aws", accountId: Account };
}

/** Reads all items of a list's pages, which a paginator of the SDK reads. */
export async function readPages<P, T>(
    pages: AsyncIterable<P>,
    items: (page: P) => readonly T[] | undefined,
): Promise<T[]> {
    return (await Array.fromAsync(pages)).flatMap((page) => items(page) ?? []);
}
