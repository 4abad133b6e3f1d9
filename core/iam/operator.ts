import { type PolicyDocument, regionalArn, type Statement, toList } from "policy-evaluator";
import { document } from "./function-access.ts";
import { functionGrants, functionPolicies } from "./operator/functions.ts";
import { observingGrants, operationsGrants } from "./operator/operations.ts";
import { personalizeGrants } from "./operator/personalize.ts";
import { neverRaises, roleGrants } from "./operator/roles.ts";
import { runbookGrants } from "./operator/runbooks.ts";
import {
    createGrantScope,
    type Grant,
    type OperatorScope,
    type PolicyKindOfOperator,
    toStatement,
} from "./operator/scope.ts";
import { pageGrants, servingGrants } from "./operator/serving.ts";
import { storageGrants } from "./operator/storage.ts";
import { trailRolePolicy } from "./trail-access.ts";

/** Returns all grants of an operator. */
export function operatorGrants(scope: OperatorScope): readonly Grant[] {
    return [
        personalizeGrants,
        storageGrants,
        roleGrants,
        observingGrants,
        operationsGrants,
        functionGrants,
        servingGrants,
        pageGrants,
        runbookGrants,
    ].flatMap((grants) => grants(createGrantScope(scope)));
}

/** Returns one managed policy for the operator of a stack. `operate` requires `read`; `deploy` requires both. */
export function operatorPolicy(
    scope: OperatorScope,
    kind: PolicyKindOfOperator,
    grants: readonly Grant[] = operatorGrants(scope),
): PolicyDocument {
    const bySid = Map.groupBy(
        grants.filter(({ policy }) => policy === kind),
        ({ sid }) => sid,
    );
    // Grants with the same Sid differ only in their resources.
    const own = [...bySid.values()].flatMap(([first, ...others]) =>
        first ? [toStatement({ ...first, on: [first, ...others].flatMap(({ on }) => on) })] : [],
    );
    return document([...own, ...neverRaises(scope, kind)]);
}

/**
 * Returns the permissions boundary of the program's roles. An operator can write any permission into the roles. With
 * the boundary, the roles reach only the stack's data, the resources of the cost guard and the API, and the trail's log
 * group.
 */
export function rolesBoundary(scope: OperatorScope): PolicyDocument {
    const { partition, bucketName, kmsKeyArn } = scope;
    const bucket = `arn:${partition}:s3:::${bucketName}`;
    const keyActions = ["kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey", "kms:ListGrants"];
    const ofBucket = ["s3:GetObject", "s3:ListBucket", "s3:PutObject"];
    const data: readonly Statement[] = [
        { Effect: "Allow", Action: ofBucket, Resource: [bucket, `${bucket}/*`] },
        ...(kmsKeyArn === undefined ? [] : [{ Effect: "Allow" as const, Action: keyActions, Resource: kmsKeyArn }]),
    ];
    return document([
        ...ofDifferentServices([
            ...data,
            ...functionStatements(scope).filter((one) => !data.some((other) => covers(other, one))),
        ]),
        onlyInLambda,
        kmsKeyArn !== undefined && keyOnlyForFiles,
    ]);
}

/**
 * Statement that denies a function's role the actions of these services if the request does not come from a Lambda
 * function's code. It is necessary because an operator can write any principal into the role's trust policy (Lambda
 * Developer Guide, "Using source function ARN to control function access behavior"). The statement does not deny
 * actions that AWS services call without the condition key `lambda:SourceFunctionArn`: writing logs and traces, sending
 * to queues, and invoking functions.
 */
const onlyInLambda: Statement = {
    Sid: "DenyOutsideLambda",
    Effect: "Deny",
    Action: ["apigateway:*", "cloudfront:*", "cloudwatch:*", "dynamodb:*", "iam:*", "personalize:*", "sns:*", "ssm:*"],
    Resource: "*",
    Condition: { Null: { "lambda:SourceFunctionArn": "true" } },
};

/**
 * Statement that denies the code of functions to use KMS keys, except through S3 for the bucket's objects and through
 * Systems Manager for the chat's webhook, because the bucket's key may encrypt other data of the account.
 */
const keyOnlyForFiles: Statement = {
    Sid: "DenyKeyOutsideS3",
    Effect: "Deny",
    Action: "kms:*",
    Resource: "*",
    Condition: {
        Null: { "lambda:SourceFunctionArn": "false" },
        StringNotLike: { "kms:ViaService": ["s3.*", "ssm.*"] },
    },
};

/**
 * Returns all permissions of functions, schedules and the trail. Merges statements with equal actions and conditions,
 * and leaves out statements that others cover, because a policy has a size limit.
 */
function functionStatements(scope: OperatorScope): readonly Statement[] {
    const documents = [...functionPolicies(scope), trailRolePolicy(scope)];
    const flags = regionalArn(scope, "ssm", `parameter/${scope.project}/${scope.stack}`);
    const statements = new Map<string, Statement>();
    for (const statement of together(
        documents.flatMap(({ Statement }) => toList(Statement)),
        flags,
    )) {
        const key = JSON.stringify([statement.Action, statement.Condition]);
        const there = statements.get(key);
        const Resource = [...new Set([...toList(there?.Resource), ...toList(statement.Resource)])];
        statements.set(key, { ...(there ?? statement), Resource });
    }
    const all = [...statements.values()];
    return ofEqualResources(all.filter((one) => !all.some((other) => other !== one && covers(other, one))));
}

/**
 * Merges the statements about the state flags, which are the SSM parameters under the ARN `flags`. Only the stack's own
 * functions use them, and an operator may write all of them except the guard's state.
 */
function together(all: readonly Statement[], flags: string): readonly Statement[] {
    const isOfFlags = ({ Resource }: Statement) =>
        toList(Resource).every((arn) => arn === flags || arn.startsWith(`${flags}/`));
    const its = all.filter(isOfFlags);
    const Action = [...new Set(its.flatMap((one) => toList(one.Action)))];
    const merged = { Effect: "Allow" as const, Action, Resource: [flags, `${flags}/*`] };
    return [...all.filter((one) => !isOfFlags(one)), merged];
}

/** Merges statements that differ only in their actions. */
function ofEqualResources(all: readonly Statement[]): readonly Statement[] {
    const groups = Map.groupBy(all, ({ Resource, Condition }) => JSON.stringify([Resource, Condition]));
    return [...groups.values()].flatMap(([first, ...others]) => {
        const actions = [first, ...others].flatMap((one) => toList(one?.Action));
        const { Sid: _, ...merged } = first ?? {};
        const [Action, Resource] = [[...new Set(actions)], toList(first?.Resource)].map(short);
        return first && Action && Resource ? [{ ...merged, Effect: first.Effect, Action, Resource }] : [];
    });
}

/**
 * Merges statements with equal conditions if their actions are of different services. The merged statement allows
 * nothing more, because an action applies only to resources of its own service.
 */
function ofDifferentServices(all: readonly Statement[]): readonly Statement[] {
    const services = ({ Action }: Statement) => toList(Action).map((action) => action.split(":")[0]);
    const isMergeable = (other: Statement, one: Statement) =>
        JSON.stringify(other.Condition) === JSON.stringify(one.Condition) &&
        ![other, one].some(({ Resource }) => toList(Resource).includes("*")) &&
        !services(other).some((service) => services(one).includes(service));
    const groups: [Statement, ...Statement[]][] = [];
    for (const one of all) {
        const group = groups.find((others) => others.every((other) => isMergeable(other, one)));
        if (group) group.push(one);
        else groups.push([one]);
    }
    return groups.map(([first, ...others]) =>
        others.length === 0
            ? first
            : {
                  ...first,
                  Action: [first, ...others].flatMap(({ Action }) => toList(Action)),
                  Resource: [first, ...others].flatMap(({ Resource }) => toList(Resource)),
              },
    );
}

/** Returns a list of one text as this text, because a policy has a size limit. */
const short = (all: readonly string[]) => (all.length === 1 ? all[0] : all);

/** Checks whether a statement allows everything that another one allows. */
function covers(other: Statement, one: Statement): boolean {
    const has = (all: Statement["Action"], some: Statement["Action"]) =>
        toList(some).every((each) => toList(all).some((wide) => wide === each || isUnder(wide, each)));
    const isUnder = (wide: string, each: string) => wide.endsWith("/*") && each.startsWith(wide.slice(0, -1));
    const isWider = other.Condition === undefined || JSON.stringify(other.Condition) === JSON.stringify(one.Condition);
    return isWider && has(other.Action, one.Action) && has(other.Resource, one.Resource);
}
