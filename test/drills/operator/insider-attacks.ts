import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { IAM } from "@aws-sdk/client-iam";
import { Lambda } from "@aws-sdk/client-lambda";
import { CreateDatasetImportJobCommand, Personalize } from "@aws-sdk/client-personalize";
import { SSM } from "@aws-sdk/client-ssm";
import { STS } from "@aws-sdk/client-sts";
import { objectKeys } from "../../../config/config.ts";
import { functionsNamespace, servingApiMetrics } from "../../../config/metrics.ts";
import { roleArn } from "../../../iam/operator/scope.ts";
import type { OperatorScope } from "../../../iam/operator.ts";
import { region, type TestAws } from "../../support/local-aws.ts";
import { anotherOwner, createAlarmCommand } from "./another-owner.ts";
import { createClients, createSettings } from "./another-stack.ts";
import { type Attack, denial } from "./attacks.ts";
import type { Operator } from "./operators.ts";

type Settings = ReturnType<typeof createSettings>;

/**
 * Returns attacks by an operator: on data, alarms and subscriptions of other owners, and with the roles of the
 * operator's own stack.
 */
export async function insiderAttacksOn(
    aws: TestAws,
    scope: OperatorScope,
    operator: Operator,
): Promise<readonly Attack[]> {
    const keys = { accessKeyId: operator.who.AWS_ACCESS_KEY_ID ?? "", secretAccessKey: operator.secretAccessKey };
    const { api, cloudwatch, personalize } = createClients(aws, keys);
    const theirs = await anotherOwner(aws, scope);
    const { names, project, stack } = scope;
    const asOurs = { "pulumi:project": project, "pulumi:stack": stack };
    const tags = Object.entries(asOurs).map(([tagKey, tagValue]) => ({ tagKey, tagValue }));
    const { datasetGroupArn, datasetArn } = theirs;
    const tries = (name: string, work: () => Promise<unknown>): Attack => ({
        name: `operator ${name}`,
        attempt: () => denial(work),
    });
    const imports = (jobName: string, on: string | undefined) =>
        new CreateDatasetImportJobCommand({
            jobName,
            datasetArn: on,
            dataSource: { dataLocation: `s3://${scope.bucketName}/${objectKeys.interactions}` },
            roleArn: roleArn(scope),
            importMode: "FULL",
        });
    return [
        tries("imports FULL into another stack's dataset", () =>
            personalize.send(imports(`${names.importJobPrefix}-01234567-1`, datasetArn)),
        ),
        tries("imports by a job named like another stack's", () =>
            personalize.send(imports(`${theirs.names.importJobPrefix}-01234567-1`, datasetArn)),
        ),
        tries("changes the schema of another stack's dataset", () =>
            personalize.updateDataset({ datasetArn, schemaArn: `${datasetArn}/schema` }),
        ),
        tries("makes a solution on another stack's data", () =>
            personalize.createSolution({ name: names.solution, datasetGroupArn, tags }),
        ),
        tries("makes a filter on another stack's data", () =>
            personalize.createFilter({
                name: "his",
                datasetGroupArn,
                filterExpression: 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("watch")',
                tags,
            }),
        ),
        tries("reads another stack's tracking id", () =>
            personalize.describeEventTracker({ eventTrackerArn: theirs.eventTrackerArn }),
        ),
        tries("deletes an alarm of a stack whose name begins with his", () =>
            cloudwatch.deleteAlarms({ AlarmNames: [theirs.alarm] }),
        ),
        tries("replaces that alarm by one that never fires", () =>
            cloudwatch.send(createAlarmCommand(theirs.alarm, asOurs)),
        ),
        ...["s3.amazonaws.com", "999988887777", "*"].map((Principal) =>
            tries(`lets ${Principal} invoke the API's function`, () =>
                new Lambda(createSettings(aws, keys)).addPermission({
                    FunctionName: names.api,
                    StatementId: "mallory",
                    Action: "lambda:InvokeFunction",
                    Principal,
                }),
            ),
        ),
        tries("writes the guard's state", () =>
            new SSM(createSettings(aws, keys)).putParameter({
                Name: `/${project}/${stack}/guard`,
                Value: "{}",
                Overwrite: true,
            }),
        ),
        tries("puts a metric that the cost guard reads", () =>
            cloudwatch.putMetricData({
                Namespace: functionsNamespace,
                MetricData: [
                    {
                        MetricName: servingApiMetrics.events,
                        Dimensions: [{ Name: "Stack", Value: stack }],
                        Value: 1e12,
                    },
                ],
            }),
        ),
        tries("tags an API without tags as his own", () =>
            api.tagResource({
                resourceArn: `arn:${scope.partition}:apigateway:${region}::/restapis/${theirs.untaggedApi}`,
                tags: asOurs,
            }),
        ),
        ...takenRoleAttacks(aws, scope, createSettings(aws, keys), operator),
    ];
}

/**
 * Returns attacks in which the operator first changes the trust policy of a function's role, in order to assume the
 * role.
 */
function takenRoleAttacks(aws: TestAws, scope: OperatorScope, own: Settings, operator: Operator): Attack[] {
    const { names, project, stack } = scope;
    const took = (
        role: "apiRole" | "costGuardRole",
        what: string,
        use: (session: Settings) => Promise<unknown>,
    ): Attack => ({
        name: `operator lets the ${role} trust him, assumes it, and ${what}`,
        attempt: () => withTakenRole(aws, scope, own, operator, role, (session) => denial(() => use(session))),
    });
    return [
        took("apiRole", "reads a viewer's list", (session) =>
            new DynamoDB(session).getItem({
                TableName: names.api,
                Key: { pk: { S: "viewer#1" }, sk: { S: "recent" } },
            }),
        ),
        took("costGuardRole", "deletes the campaign", (session) => {
            const campaignArn = `arn:${scope.partition}:personalize:${region}:${scope.accountId}:campaign/${names.campaign}`;
            return new Personalize(session).deleteCampaign({ campaignArn });
        }),
        took("costGuardRole", "writes the guard's state", (session) =>
            new SSM(session).putParameter({ Name: `/${project}/${stack}/guard`, Value: "{}", Overwrite: true }),
        ),
    ];
}

async function withTakenRole(
    aws: TestAws,
    scope: OperatorScope,
    own: Settings,
    operator: Operator,
    role: "apiRole" | "costGuardRole",
    use: (session: Settings) => Promise<string | undefined>,
): Promise<string | undefined> {
    const RoleName = scope.names[role];
    const { Role } = await aws.iam.getRole({ RoleName });
    const before = decodeURIComponent(Role?.AssumeRolePolicyDocument ?? "");
    const himself = { Effect: "Allow", Principal: { AWS: operator.arn }, Action: "sts:AssumeRole" };
    const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [himself] });
    try {
        const refused = await denial(() => new IAM(own).updateAssumeRolePolicy({ RoleName, PolicyDocument }));
        if (refused !== undefined) return refused;
        const { Credentials } = await new STS(own).assumeRole({
            RoleArn: roleArn(scope, role),
            RoleSessionName: RoleName,
        });
        return await use(
            createSettings(aws, {
                accessKeyId: Credentials?.AccessKeyId ?? "",
                secretAccessKey: Credentials?.SecretAccessKey ?? "",
                sessionToken: Credentials?.SessionToken ?? "",
            }),
        );
    } finally {
        await aws.iam.updateAssumeRolePolicy({ RoleName, PolicyDocument: before });
    }
}
