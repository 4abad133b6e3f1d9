import {
    AddPermissionCommand,
    DeleteFunctionEventInvokeConfigCommand,
    GetFunctionEventInvokeConfigCommand,
    GetPolicyCommand,
    type LambdaClient,
    PutFunctionEventInvokeConfigCommand,
    RemovePermissionCommand,
} from "@aws-sdk/client-lambda";
import type * as aws from "@pulumi/aws";
import { unlessGone } from "../unless-gone.ts";
import { type AnyEntry, entry, named, type Properties, withoutDefaults } from "./entry.ts";

const gone = "ResourceNotFoundException";

/** A statement of a function's own policy, in Lambda's form. */
interface PolicyStatement {
    readonly Sid: string;
    readonly Action: string;
    readonly Principal: string | Readonly<Record<string, string>>;
    readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Permissions to invoke a function, and the destinations of its asynchronous invocations. */
export function functionAccessEntries(lambda: LambdaClient): Record<string, AnyEntry> {
    async function statementOf(FunctionName: string, sid: string | undefined) {
        const found = await unlessGone(lambda.send(new GetPolicyCommand({ FunctionName })), gone);
        const statements: PolicyStatement[] = JSON.parse(found?.Policy ?? '{"Statement":[]}').Statement;
        return statements.find(({ Sid }) => Sid === sid);
    }
    return {
        "aws:lambda/permission:Permission": entry<aws.lambda.PermissionArgs>({
            autonamed: "statementId",
            properties: {
                statementId: "replace",
                function: "replace",
                action: "replace",
                principal: "replace",
                sourceArn: "replace",
                sourceAccount: "replace",
            },
            async create(args) {
                const StatementId = named(args.statementId, "statementId");
                const FunctionName = args.function as string;
                const permission = {
                    FunctionName,
                    StatementId,
                    Action: args.action,
                    Principal: args.principal,
                    SourceArn: args.sourceArn,
                    SourceAccount: args.sourceAccount,
                };
                await lambda.send(new AddPermissionCommand(permission));
                return StatementId;
            },
            imported(importId) {
                const [name, id = ""] = importId.split("/");
                return { id, args: { function: name as string } };
            },
            async read(id, state) {
                const statement = await statementOf(state.function as string, id);
                return statement && { function: state.function, ...observed(statement) };
            },
            async update() {},
            async delete(StatementId, { function: FunctionName }) {
                const command = { FunctionName: FunctionName as string, StatementId };
                await unlessGone(lambda.send(new RemovePermissionCommand(command)), gone);
            },
        }),

        "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig":
            entry<aws.lambda.FunctionEventInvokeConfigArgs>({
                properties: {
                    functionName: "replace",
                    maximumEventAgeInSeconds: "update",
                    maximumRetryAttempts: "update",
                    destinationConfig: "update",
                },
                nested: ["destinationConfig.onFailure.destination"],
                async create(args) {
                    await this.update(args.functionName, args, args);
                    return args.functionName;
                },
                async read(FunctionName, state) {
                    const command = new GetFunctionEventInvokeConfigCommand({ FunctionName });
                    const found = await unlessGone(lambda.send(command), gone);
                    const destination = found?.DestinationConfig?.OnFailure?.Destination;
                    return (
                        found &&
                        withoutDefaults(
                            {
                                maximumEventAgeInSeconds: found.MaximumEventAgeInSeconds,
                                maximumRetryAttempts: found.MaximumRetryAttempts,
                                destinationConfig: destination ? { onFailure: { destination } } : undefined,
                            },
                            state as Properties,
                            { maximumEventAgeInSeconds: 21_600, maximumRetryAttempts: 2 },
                        )
                    );
                },
                async update(FunctionName, args) {
                    const Destination = args.destinationConfig?.onFailure?.destination;
                    await lambda.send(
                        new PutFunctionEventInvokeConfigCommand({
                            FunctionName,
                            MaximumEventAgeInSeconds: args.maximumEventAgeInSeconds,
                            MaximumRetryAttempts: args.maximumRetryAttempts,
                            DestinationConfig: Destination ? { OnFailure: { Destination } } : {},
                        }),
                    );
                },
                async delete(FunctionName) {
                    const command = new DeleteFunctionEventInvokeConfigCommand({ FunctionName });
                    await unlessGone(lambda.send(command), gone);
                },
            }),
    };
}

function observed({ Sid, Action, Principal, Condition = {} }: PolicyStatement): Properties {
    const under = Object.fromEntries(
        Object.values(Condition)
            .flatMap(Object.entries)
            .map(([key, value]) => [key.toLowerCase(), value]),
    );
    return {
        statementId: Sid,
        action: Action,
        principal: typeof Principal === "string" ? Principal : Object.values(Principal)[0],
        sourceArn: under["aws:sourcearn"],
        sourceAccount: under["aws:sourceaccount"],
    };
}
