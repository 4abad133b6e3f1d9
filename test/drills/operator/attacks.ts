import { IAM } from "@aws-sdk/client-iam";
import { Lambda } from "@aws-sdk/client-lambda";
import { Personalize } from "@aws-sdk/client-personalize";
import { S3 } from "@aws-sdk/client-s3";
import { STS } from "@aws-sdk/client-sts";
import { type Caller, evaluate, type PolicyDocument, personalizeService } from "policy-evaluator";
import { objectKeys } from "../../../config/config.ts";
import { roleArn } from "../../../iam/operator/scope.ts";
import { type OperatorScope, policyArn } from "../../../iam/operator.ts";
import { localAccountId, variables } from "../../../packages/local-aws/instance.ts";
import { region, type TestAws } from "../../support/local-aws.ts";
import type { Operator } from "./operators.ts";

/** An action that must be denied. `attempt` returns the denial, or undefined if the action was not denied. */
export interface Attack {
    readonly name: string;
    attempt(): Promise<string | undefined>;
}

const everything = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
});
const trustIn = (Principal: object) =>
    JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal, Action: "sts:AssumeRole" }] });
/** The account of another AWS customer. */
const stranger = "999988887777";

/**
 * Returns attacks by the operator of a stack and by others: to get more permissions, and to use roles and data of
 * others.
 */
export async function attacksOn(aws: TestAws, scope: OperatorScope, operator: Operator): Promise<readonly Attack[]> {
    const settings = (credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }) => ({
        endpoint: variables(aws.instance).AWS_ENDPOINT_URL as string,
        region,
        credentials,
        maxAttempts: 1,
    });
    const keys = { accessKeyId: operator.who.AWS_ACCESS_KEY_ID ?? "", secretAccessKey: operator.secretAccessKey };
    const own = settings(keys);
    const iam = new IAM(own);
    const lambda = new Lambda(own);
    const personalize = new Personalize(own);
    const UserName = operator.arn.split("/").at(-1) ?? "";
    const RoleName = scope.names.role;
    const admin = `arn:${scope.partition}:iam::aws:policy/AdministratorAccess`;
    const boundary = policyArn(scope, "boundary");

    // Create roles of other owners: one that Personalize can assume, and one that Lambda can assume.
    await aws.iam.createRole({
        RoleName: "somebody-elses",
        AssumeRolePolicyDocument: trustIn({ Service: personalizeService }),
    });
    await aws.iam.createRole({
        RoleName: "some-function",
        AssumeRolePolicyDocument: trustIn({ AWS: localAccountId, Service: "lambda.amazonaws.com" }),
    });
    const elses = `arn:${scope.partition}:iam::${scope.accountId}:role/somebody-elses`;
    const { datasetArn } = await aws.outputs();
    const dataLocation = `s3://${scope.bucketName}/${objectKeys.interactions}`;

    const tries = (name: string, work: () => Promise<unknown>): Attack => ({ name, attempt: () => denial(work) });
    return [
        ...(await deputyAttacks(aws, scope)),
        tries("operator attaches AdministratorAccess to himself", () =>
            iam.attachUserPolicy({ UserName, PolicyArn: admin }),
        ),
        tries("operator writes a policy into himself", () =>
            iam.putUserPolicy({ UserName, PolicyName: "all", PolicyDocument: everything }),
        ),
        tries("operator makes an access key for another user", () => iam.createAccessKey({ UserName: "ann" })),
        tries("operator makes a user", () => iam.createUser({ UserName: "mallory" })),
        ...(["read", "operate", "deploy", "boundary"] as const).map((kind) =>
            tries(`operator changes the ${kind === "boundary" ? "boundary" : `${kind} policy`}`, () =>
                iam.createPolicyVersion({
                    PolicyArn: policyArn(scope, kind),
                    PolicyDocument: everything,
                    SetAsDefault: true,
                }),
            ),
        ),
        tries("operator goes back to an earlier version of a policy", () =>
            iam.setDefaultPolicyVersion({ PolicyArn: policyArn(scope, "deploy"), VersionId: "v1" }),
        ),
        tries("operator takes the boundary off the role", () => iam.deleteRolePermissionsBoundary({ RoleName })),
        tries("operator puts another boundary on the role", () =>
            iam.putRolePermissionsBoundary({ RoleName, PermissionsBoundary: admin }),
        ),
        tries("operator attaches AdministratorAccess to the role", () =>
            iam.attachRolePolicy({ RoleName, PolicyArn: admin }),
        ),
        ...[undefined, admin].map((PermissionsBoundary) =>
            tries(`operator makes the role ${PermissionsBoundary ? "with another" : "without a"} boundary`, () =>
                iam.createRole({
                    RoleName,
                    AssumeRolePolicyDocument: trustIn({ AWS: operator.arn }),
                    PermissionsBoundary,
                }),
            ),
        ),
        tries("operator makes a role of another name", () =>
            iam.createRole({
                RoleName: "mallory",
                AssumeRolePolicyDocument: trustIn({ AWS: operator.arn }),
                PermissionsBoundary: boundary,
            }),
        ),
        tries("operator writes a policy into another role", () =>
            iam.putRolePolicy({ RoleName: "somebody-elses", PolicyName: "all", PolicyDocument: everything }),
        ),
        tries("operator makes another role trust him", () =>
            iam.updateAssumeRolePolicy({
                RoleName: "somebody-elses",
                PolicyDocument: trustIn({ AWS: operator.arn }),
            }),
        ),
        tries("operator passes another role to Personalize", () =>
            personalize.createDatasetImportJob({
                jobName: `${scope.names.importJobPrefix}-attack`,
                datasetArn,
                dataSource: { dataLocation },
                roleArn: elses,
            }),
        ),
        tries("operator passes the role to a Lambda function", () =>
            lambda.createFunction({
                FunctionName: "mallory",
                Runtime: "nodejs24.x",
                Handler: "index.handler",
                Role: roleArn(scope),
                Code: { ZipFile: new Uint8Array([80, 75, 5, 6, ...new Array(18).fill(0)]) },
            }),
        ),
        tries("operator deletes another bucket", async () => {
            await new S3({ ...own, forcePathStyle: true }).deleteBucket({ Bucket: "others-films" });
        }),
        tries("a Lambda function reads the data", async () => {
            const sts = new STS(settings({ accessKeyId: "test", secretAccessKey: "test" }));
            const RoleArn = `arn:${scope.partition}:iam::${scope.accountId}:role/some-function`;
            const { Credentials } = await sts.assumeRole({ RoleArn, RoleSessionName: "function" });
            const s3 = new S3({
                ...settings({
                    accessKeyId: Credentials?.AccessKeyId ?? "",
                    secretAccessKey: Credentials?.SecretAccessKey ?? "",
                    sessionToken: Credentials?.SessionToken ?? "",
                }),
                forcePathStyle: true,
            });
            await s3.getObject({ Bucket: scope.bucketName, Key: objectKeys.interactions });
        }),
        tries("a caller signs with the operator's key and a wrong secret", () =>
            new S3({
                ...settings({ ...keys, secretAccessKey: `${keys.secretAccessKey.slice(0, -1)}!` }),
                forcePathStyle: true,
            }).getObject({ Bucket: scope.bucketName, Key: objectKeys.interactions }),
        ),
    ];
}

/**
 * Returns the name of a call's access error. Returns undefined if the call succeeded or failed for another reason,
 * because both do not prove a denial.
 */
export async function denial(work: () => Promise<unknown>): Promise<string | undefined> {
    try {
        await work();
        return undefined;
    } catch (error) {
        const { name } = error as Error;
        return /^(AccessDenied(Exception)?|SignatureDoesNotMatch|InvalidSignatureException)$/.test(name)
            ? name
            : undefined;
    }
}

/**
 * Returns attacks by Personalize on behalf of another account, and by other services, with the stack's role and bucket.
 * The local AWS has only one account, so policy-evaluator evaluates the documents.
 */
async function deputyAttacks(aws: TestAws, scope: OperatorScope): Promise<Attack[]> {
    const { Role } = await aws.iam.getRole({ RoleName: scope.names.role });
    const { Policy } = await aws.s3.getBucketPolicy({ Bucket: scope.bucketName });
    const trust = JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? "")) as PolicyDocument;
    const bucketPolicy = JSON.parse(Policy ?? "") as PolicyDocument;
    const source = (account: string, place = region) => ({
        "aws:SourceAccount": account,
        "aws:SourceArn": `arn:${scope.partition}:personalize:${place}:${account}:dataset-import-job/theirs`,
    });
    const ours = source(scope.accountId);
    const personalize = { service: personalizeService };
    const deputies: [name: string, caller: Caller, context: Record<string, string>][] = [
        ["Personalize of another account", personalize, source(stranger)],
        ["Personalize without a source account", personalize, {}],
        [
            "Personalize with our account and another's job",
            personalize,
            { ...source(stranger), "aws:SourceAccount": scope.accountId },
        ],
        ["Personalize of another region", personalize, source(scope.accountId, "us-east-1")],
        ["Lambda", { service: "lambda.amazonaws.com" }, ours],
    ];
    return deputies.flatMap(([name, caller, context]) => {
        const key = `arn:${scope.partition}:s3:::${scope.bucketName}/${objectKeys.interactions}`;
        const judged = (what: string, action: string, resource: string, document: PolicyDocument): Attack => ({
            name: `${name} ${what}`,
            async attempt() {
                const carried = { ...context, "aws:SecureTransport": "true" };
                const request = { caller, action, resource, context: carried };
                const { decision } = evaluate(request, [{ name: "policy", document }], "resource");
                return decision === "allowed" ? undefined : decision;
            },
        });
        return [
            judged("assumes the role", "sts:AssumeRole", roleArn(scope), trust),
            judged("reads the data", "s3:GetObject", key, bucketPolicy),
        ];
    });
}
