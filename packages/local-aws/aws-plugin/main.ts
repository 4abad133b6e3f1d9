import { flushCompileCache } from "node:module";
import { SSMClient } from "@aws-sdk/client-ssm";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
// Import this file only, because the SDK's index also loads the Automation API, TypeScript and npm.
import { main } from "@pulumi/pulumi/provider/server.js";
import { awsEntries } from "./entries.ts";
import { answerPreviews } from "./preview.ts";
import { createProvider } from "./provider.ts";
import { ssmLookups } from "./ssm.ts";

/**
 * The local AWS plugin: replaces Pulumi's AWS plugin in local runs and manages this program's resource types with the
 * AWS SDK.
 */

const config = JSON.parse(process.env.PULUMI_CONFIG ?? "{}") as Record<string, string>;
const region = config["aws:region"] ?? process.env.AWS_REGION ?? "us-east-1";
const accessKeyId = config["aws:accessKey"];
const secretAccessKey = config["aws:secretKey"] ?? "";
const profile = config["aws:profile"];
const settings = {
    region,
    maxAttempts: 5,
    ...(accessKeyId !== undefined && { credentials: { accessKeyId, secretAccessKey } }),
    ...(profile !== undefined && { profile }),
};
const sts = new STSClient(settings);
const caller = () => sts.send(new GetCallerIdentityCommand({}));
const account = async () => (await caller()).Account ?? "";

const provider = createProvider(
    awsEntries((Client) => new Client(settings), { region, endpoint: process.env.AWS_ENDPOINT_URL ?? "", account }),
    {
        ...ssmLookups(new SSMClient(settings)),
        async "aws:index/getCallerIdentity:getCallerIdentity"() {
            const { Account, Arn, UserId } = await caller();
            return { id: Account, accountId: Account, arn: Arn, userId: UserId };
        },
        async "aws:index/getRegion:getRegion"() {
            return { id: region, name: region, region, description: region, endpoint: `ec2.${region}.amazonaws.com` };
        },
        async "aws:index/getPartition:getPartition"() {
            // The local AWS only has the partition `aws`.
            return { id: "aws", partition: "aws", dnsSuffix: "amazonaws.com", reverseDnsPrefix: "com.amazonaws" };
        },
    },
);

// Write Node's compile cache (NODE_COMPILE_CACHE) now, because the engine ends the plugin by a signal, and Node then
// does not write it.
flushCompileCache();

// Exit soon after the engine: a killed engine leaves its plugins running, and no Pulumi state would record their later
// changes.
const engine = Number(process.env.ENGINE_PID);
setInterval(() => process.ppid !== engine && process.exit(1), 500).unref();

answerPreviews(provider.previewUpdate);
void main(provider, process.argv.slice(2));
