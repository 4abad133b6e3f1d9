import { region } from "../../../../test/support/local-aws.ts";
import { localAccountId as account } from "../../instance.ts";
import { allow, policy } from "../gateway/enforcement/support.ts";

export const name = "films";
export const tags = { "pulumi:project": "movie-recommender", "pulumi:stack": "test" };
export const arn = (service: string, tail: string) => `arn:aws:${service}:${region}:${account}:${tail}`;
export const topicArn = arn("sns", name);
export const queueArn = arn("sqs", name);
export const functionArn = arn("lambda", `function:${name}`);
export const roleArn = `arn:aws:iam::${account}:role/runs`;
export const policyFor = (service: string, Action: string, Resource: string) =>
    policy({ ...allow(Action, Resource), Sid: "ours", Principal: { Service: `${service}.amazonaws.com` } });

const signatureKey = "4dabf18193072939515e22adb298388d";
const codeOf = (text: string, hash: string) => ({
    [signatureKey]: "0def7320c3a5731c473e5ecbe6d01bc7",
    hash,
    assets: { "index.mjs": { [signatureKey]: "c44067f5952c0a294b673a41bacd8c17", text, hash } },
});
export const answering = (answer: string) =>
    codeOf(`export const handler = async () => ${JSON.stringify(answer)};`, answer);

export const functionArgs = {
    name,
    code: answering("first"),
    role: roleArn,
    handler: "index.handler",
    runtime: "nodejs24.x",
    architectures: ["arm64"],
    memorySize: 256,
    timeout: 20,
    environment: { variables: { BREAK_GLASS: "1" } },
    tracingConfig: { mode: "Active" },
    tags,
};
export const query = (id: string, metricName: string) => ({
    id,
    metric: {
        namespace: "Films",
        metricName,
        dimensions: { Campaign: name },
        period: 60,
        stat: "Sum",
    },
});
