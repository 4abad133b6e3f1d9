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
