import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import { KMS } from "@aws-sdk/client-kms";
import { Lambda } from "@aws-sdk/client-lambda";
import { zipSync } from "fflate";
import { bundleFile } from "../../components/common/lambda-bundle.ts";
import { functionTrust } from "../../core/iam/function-access.ts";
import { notifierPolicy } from "../../core/iam/guard-access.ts";
import { webhookParameter } from "../../core/iam/operator/functions.ts";
import { rolesBoundary } from "../../core/iam/operator.ts";
import { portOf } from "../../packages/local-personalize/wire/http.ts";
import { createSettings, startTestAws, type TestAws } from "../support/local-aws.ts";
import { createScope } from "../support/operators.ts";

/** The notifier in a function of its own, with the program's policy and permissions boundary. */
describe("Chat notifications on the local AWS", () => {
    const sent: unknown[] = [];
    const chat = createServer(async (request, response) => {
        sent.push(await json(request));
        response.end();
    });
    let aws: TestAws;
    let lambda: Lambda;
    let kms: KMS;
    before(async () => {
        aws = await startTestAws();
        lambda = new Lambda(createSettings(aws.instance));
        kms = new KMS(createSettings(aws.instance));
        chat.listen(0, "127.0.0.1");
        await once(chat, "listening");
    });
    after(async () => {
        lambda?.destroy();
        kms?.destroy();
        chat.close();
        await aws?.stop();
    });

    for (const [index, key] of ["the key that AWS manages", "a customer managed key"].entries()) {
        it(`under the permissions boundary of a stack with \`kmsKeyArn\`, the notifier reads a webhook encrypted by ${key}`, async () => {
            const scope = { ...createScope(aws), campaign: "", edge: false };
            const { Arn: bucketKey } = (await kms.createKey({})).KeyMetadata ?? {};
            const Name = webhookParameter(scope);
            const Value = `http://127.0.0.1:${portOf(chat)}/hook`;
            const KeyId = index === 1 ? (await kms.createKey({})).KeyMetadata?.Arn : undefined;
            await aws.ssm.putParameter({ Name, Value, Type: "SecureString", Overwrite: true, KeyId });
            const RoleName = `notifier-${index}`;
            const boundary = await aws.iam.createPolicy({
                PolicyName: RoleName,
                PolicyDocument: JSON.stringify(rolesBoundary({ ...scope, kmsKeyArn: bucketKey })),
            });
            const { Role } = await aws.iam.createRole({
                RoleName,
                AssumeRolePolicyDocument: JSON.stringify(functionTrust(scope, RoleName)),
                PermissionsBoundary: boundary.Policy?.Arn,
            });
            const PolicyDocument = JSON.stringify(notifierPolicy(scope, Name));
            await aws.iam.putRolePolicy({ RoleName, PolicyName: "notify", PolicyDocument });
            await lambda.createFunction({
                FunctionName: RoleName,
                Role: Role?.Arn,
                Code: { ZipFile: zipSync({ "index.mjs": await readFile(bundleFile("notifier")) }) },
                Runtime: "nodejs24.x",
                Handler: "index.handler",
                Environment: { Variables: { WEBHOOK_PARAMETER: Name } },
            });
            const Payload = Buffer.from(JSON.stringify({ Records: [{ Sns: { Message: key } }] }));
            const answer = await lambda.invoke({ FunctionName: RoleName, Payload });
            assert.equal(answer.FunctionError, undefined, Buffer.from(answer.Payload ?? []).toString());
            assert.deepEqual(sent.at(-1), { text: key });
        });
    }
});
