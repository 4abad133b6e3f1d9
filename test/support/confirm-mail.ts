import { readFile } from "node:fs/promises";
import { paths } from "../../packages/local-aws/instance.ts";
import type { TestAws } from "./local-aws.ts";

/** Confirms an address's subscription with the token that the mail contains. The local AWS logs it, and sends no mail. */
export async function confirmMail(aws: TestAws, address: string): Promise<void> {
    const log = await readFile(paths(aws.instance).miniStackLog, "utf8");
    const line = log.split("\n").findLast((each) => each.includes(`mail to ${address},`)) ?? "";
    const [, TopicArn, Token] = / confirm-subscription --topic-arn (\S+) --token (\S+)/.exec(line) ?? [];
    await aws.sns.confirmSubscription({ TopicArn, Token });
}
