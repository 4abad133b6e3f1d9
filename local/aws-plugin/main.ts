import { IAMClient } from "@aws-sdk/client-iam";
import { S3Client } from "@aws-sdk/client-s3";
import { SSMClient } from "@aws-sdk/client-ssm";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import * as pulumi from "@pulumi/pulumi";
import { iamEntries } from "./iam.ts";
import { openIdEntries } from "./iam-openid.ts";
import { policyEntries } from "./iam-policies.ts";
import { createProvider } from "./provider.ts";
import { bucketEntries } from "./s3-bucket.ts";
import { objectEntries } from "./s3-object.ts";
import { ssmLookups } from "./ssm.ts";

/** Stand-in for Pulumi's AWS plugin in local runs: the resource types that this program uses, by AWS SDK calls. */

const config = JSON.parse(process.env.PULUMI_CONFIG ?? "{}") as Record<string, string>;
const region = config["aws:region"] ?? process.env.AWS_REGION ?? "us-east-1";
const settings = { region, maxAttempts: 5 };
const s3 = new S3Client(settings);
const sts = new STSClient(settings);

const iam = new IAMClient(settings);
const provider = createProvider(
    {
        ...bucketEntries(s3, region),
        ...objectEntries(s3),
        ...iamEntries(iam),
        ...policyEntries(iam),
        ...openIdEntries(iam),
    },
    {
        ...ssmLookups(new SSMClient(settings)),
        async "aws:index/getCallerIdentity:getCallerIdentity"() {
            const { Account, Arn, UserId } = await sts.send(new GetCallerIdentityCommand({}));
            return { id: Account, accountId: Account, arn: Arn, userId: UserId };
        },
        async "aws:index/getPartition:getPartition"() {
            // The local AWS is the standard partition.
            return { id: "aws", partition: "aws", dnsSuffix: "amazonaws.com", reverseDnsPrefix: "com.amazonaws" };
        },
    },
);

// A killed engine takes nobody with it; nothing is recorded after it.
const engine = process.ppid;
setInterval(() => process.ppid !== engine && process.exit(1), 500).unref();

await pulumi.provider.main(provider, process.argv.slice(2));
