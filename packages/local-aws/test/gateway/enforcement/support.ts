import { IAM } from "@aws-sdk/client-iam";
import { Lambda } from "@aws-sdk/client-lambda";
import { Personalize } from "@aws-sdk/client-personalize";
import { PersonalizeRuntime } from "@aws-sdk/client-personalize-runtime";
import { S3 } from "@aws-sdk/client-s3";
import { Scheduler } from "@aws-sdk/client-scheduler";
import { type Credentials, STS } from "@aws-sdk/client-sts";
import type { ConditionBlock, Principals, Statement } from "policy-evaluator";
import { readJson } from "../../../../../test/support/json.ts";
import { region } from "../../../../../test/support/local-aws.ts";
import type { LoggedAccess } from "../../../gateway/enforcement/access-log.ts";
import { discardInstance, startInstance } from "../../instances.ts";

export interface Keys {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
}

export const administrator: Keys = { accessKeyId: "test", secretAccessKey: "test" };
export const account = "000000000000";

export const allow = (
    Action: string | string[],
    Resource: string | string[] = "*",
    Condition?: ConditionBlock,
): Statement => ({
    Effect: "Allow",
    Action,
    Resource,
    ...(Condition && { Condition }),
});

/** Returns a policy document as text. */
export const policy = (...Statement: readonly Statement[]) => JSON.stringify({ Version: "2012-10-17", Statement });

/** Returns the keys of temporary credentials. */
export const keysOf = ({
    AccessKeyId = "",
    SecretAccessKey = "",
    SessionToken = "",
}: Partial<Credentials> = {}): Keys => ({
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
});

/** Settings of an SDK client that makes one attempt. */
interface ClientSettings {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: Keys;
    readonly maxAttempts: number;
    /** Only S3 uses this setting. */
    readonly forcePathStyle: boolean;
}

async function startEnforcing(enforce: boolean) {
    const instance = await startInstance(enforce);
    const url = `http://127.0.0.1:${instance.port}`;
    const opened: { destroy(): void }[] = [];
    /** Creates a client of any service, by default with the administrator's keys. `discard` destroys the client. */
    function open<C extends { destroy(): void }>(
        Client: new (settings: ClientSettings) => C,
        credentials: Keys = administrator,
        at = region,
    ): C {
        const settings = { endpoint: url, region: at, credentials, maxAttempts: 1, forcePathStyle: true };
        const client = new Client(settings);
        opened.push(client);
        return client;
    }
    const clientsOf = (credentials: Keys) => ({
        s3: open(S3, credentials),
        iam: open(IAM, credentials),
        sts: open(STS, credentials),
        lambda: open(Lambda, credentials),
        scheduler: open(Scheduler, credentials),
        personalize: open(Personalize, credentials),
        runtime: open(PersonalizeRuntime, credentials),
    });
    const admin = clientsOf(administrator);
    const putPolicy = (UserName: string, statements: readonly Statement[], PolicyName = "policy") =>
        admin.iam.putUserPolicy({ UserName, PolicyName, PolicyDocument: policy(...statements) });
    /** Replaces the policy of a role by the statements. */
    const putRolePolicy = (RoleName: string, ...statements: Statement[]) =>
        admin.iam.putRolePolicy({ RoleName, PolicyName: "policy", PolicyDocument: policy(...statements) });
    return {
        url,
        instance,
        admin,
        open,
        clientsOf,
        putPolicy,
        putRolePolicy,
        /** Lets only `Principal` assume a role, under a condition. */
        trust: (RoleName: string, Principal: Principals, Condition: ConditionBlock = {}) =>
            admin.iam.updateAssumeRolePolicy({
                RoleName,
                PolicyDocument: policy({ Effect: "Allow", Principal, Action: "sts:AssumeRole", Condition }),
            }),
        /** Creates a user whose policy has the given statements, and returns the user's clients. */
        async user(UserName: string, ...statements: Statement[]) {
            await admin.iam.createUser({ UserName });
            if (statements.length > 0) await putPolicy(UserName, statements);
            const { AccessKey } = await admin.iam.createAccessKey({ UserName });
            const keys: Keys = {
                accessKeyId: AccessKey?.AccessKeyId ?? "",
                secretAccessKey: AccessKey?.SecretAccessKey ?? "",
            };
            return { ...clientsOf(keys), keys, arn: `arn:aws:iam::${account}:user/${UserName}` };
        },
        /** Creates a role that `principal` can assume and returns its ARN. */
        async role(RoleName: string, principal: Principals, ...statements: Statement[]): Promise<string> {
            const trust = { Effect: "Allow" as const, Principal: principal, Action: "sts:AssumeRole" };
            const { Role } = await admin.iam.createRole({ RoleName, AssumeRolePolicyDocument: policy(trust) });
            if (statements.length > 0) await putRolePolicy(RoleName, ...statements);
            return Role?.Arn ?? "";
        },
        async accesses(after = 0): Promise<LoggedAccess[]> {
            const answer = await fetch(`${url}/_local/access?after=${after}`);
            return (await readJson<{ accesses: LoggedAccess[] }>(answer)).accesses;
        },
        async discard(): Promise<void> {
            for (const client of opened) client.destroy();
            await discardInstance(instance);
        },
    };
}

export type Enforcing = Awaited<ReturnType<typeof startEnforcing>>;

/**
 * Starts a local AWS, by default with IAM enforcement, before the tests of the calling suite, and discards it after
 * them. The members of the returned object exist from then on.
 */
export function useEnforcing(enforce = true): Enforcing {
    const aws: Partial<Enforcing> = {};
    before(async () => {
        Object.assign(aws, await startEnforcing(enforce));
    });
    after(() => aws.discard?.());
    return aws as Enforcing;
}
