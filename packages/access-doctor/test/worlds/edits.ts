import { type ConditionBlock, listOf, type PolicyDocument, personalizeService, type Statement } from "policy-evaluator";
import { type Body, document, type ImportFixture, keyPolicy, location, roleArnOf } from "./world.ts";

export const stranger = "999999999999";
type Edit = (statement: Statement) => Statement | undefined;

const edit = (policy: PolicyDocument | undefined, change: Edit): PolicyDocument => ({
    Version: "2012-10-17",
    Statement: listOf(policy?.Statement).flatMap((statement) => change(statement) ?? []),
});
export const trust =
    (change: Edit) =>
    (fixture: ImportFixture): ImportFixture => ({ ...fixture, trust: edit(fixture.trust, change) });
export const role =
    (change: Edit) =>
    (fixture: ImportFixture): ImportFixture => ({
        ...fixture,
        inline: { ...fixture.inline, "read-interactions": edit(fixture.inline["read-interactions"], change) },
    });
export const bucket =
    (change: Edit) =>
    (fixture: ImportFixture): ImportFixture => ({
        ...fixture,
        bucketPolicy: JSON.stringify(edit(JSON.parse(fixture.bucketPolicy ?? "{}"), change)),
    });
export const denial =
    (Condition: ConditionBlock, Sid: string) =>
    (fixture: ImportFixture): ImportFixture => ({
        ...fixture,
        bucketPolicy: JSON.stringify({
            ...JSON.parse(fixture.bucketPolicy ?? "{}"),
            Statement: [
                ...JSON.parse(fixture.bucketPolicy ?? "{}").Statement,
                {
                    Sid,
                    Effect: "Deny",
                    Principal: "*",
                    Action: "s3:GetObject",
                    Resource: `arn:aws:s3:::${fixture.bucket}/*`,
                    Condition,
                },
            ],
        }),
    });

export const isAction = (action: string) => (statement: Statement) =>
    statement.Effect === "Allow" && listOf(statement.Action).includes(action);
export const of =
    (action: string, change: Edit): Edit =>
    (one) =>
        isAction(action)(one) ? change(one) : one;
export const allows =
    (change: Edit): Edit =>
    (one) =>
        one.Effect === "Allow" ? change(one) : one;
/** Replaces the value of a condition key, under the name `as`. */
export const condition =
    (key: string, value: string, as = key): Edit =>
    (one) => ({
        ...one,
        Condition: Object.fromEntries(
            Object.entries(one.Condition ?? {}).map(([operator, keys]) => [
                operator,
                Object.fromEntries(
                    Object.entries(keys).map(([name, old]) => (name === key ? [as, value] : [name, old])),
                ),
            ]),
        ),
    });
export const also =
    (Condition: ConditionBlock): Edit =>
    (one) => ({
        ...one,
        Condition: Object.fromEntries(
            [...new Set([...Object.keys(one.Condition ?? {}), ...Object.keys(Condition)])].map((operator) => [
                operator,
                { ...one.Condition?.[operator], ...Condition[operator] },
            ]),
        ),
    });
export const resource =
    (
        Resource: (fixture: ImportFixture) => string,
        action: string,
        edits: (change: Edit) => (fixture: ImportFixture) => ImportFixture,
    ) =>
    (fixture: ImportFixture) =>
        edits(of(action, (one) => ({ ...one, Resource: Resource(fixture) })))(fixture);
export const drop: Edit = () => undefined;
export const bucketArn = ({ bucket: name }: ImportFixture) => `arn:aws:s3:::${name}`;
export const source = (account: string, partition = "aws", region = "eu-central-1", rest = "*") =>
    `arn:${partition}:personalize:${region}:${account}:${rest}`;
export const content =
    (change: Partial<Body>) =>
    (fixture: ImportFixture): ImportFixture => ({
        ...fixture,
        objects: Object.fromEntries(
            Object.entries(fixture.objects).map(([key, body]) => [
                key,
                key === location ? { ...body, ...change } : body,
            ]),
        ),
    });
export const passing = (fixture: ImportFixture, Condition: ConditionBlock): PolicyDocument =>
    document({ Effect: "Allow", Action: "iam:PassRole", Resource: roleArnOf(fixture), Condition });
export const keyed = (fixture: ImportFixture) => ({
    state: "Enabled" as const,
    policy: keyPolicy(
        fixture,
        { Sid: "Role", Effect: "Allow", Principal: { AWS: roleArnOf(fixture) }, Action: "kms:Decrypt", Resource: "*" },
        {
            Sid: "Service",
            Effect: "Allow",
            Principal: { Service: personalizeService },
            Action: "kms:Decrypt",
            Resource: "*",
        },
    ),
    ...fixture.key,
});
