import { IAM } from "@aws-sdk/client-iam";
import { Personalize } from "@aws-sdk/client-personalize";
import type { createSettings } from "../../support/local-aws.ts";
import { freshUser, type makeProgram, type OperatorOutputs } from "../../support/operators.ts";
import { until } from "../../support/until.ts";

/** Settings of AWS SDK clients; without credentials and endpoint, those of the environment. */
export type ClientSettings = Partial<ReturnType<typeof createSettings>>;

/**
 * Creates the policies of a stack's operator by the program in operator/, and a user who has only these policies. Waits
 * until AWS accepts the user's access key.
 * @throws Error if `up` of the program fails
 */
export async function makeOperator(
    program: Awaited<ReturnType<typeof makeProgram>>,
    operatedStack: string,
    settings: ClientSettings,
) {
    const run = async (command: "up" | "destroy") => {
        const { exitCode } = await program.engine(command);
        if (exitCode !== 0) throw new Error(`${command} of operator/ for stack ${operatedStack}: exit ${exitCode}`);
    };
    await program.configure({ operatedStack });
    await run("up").catch((error) => run("destroy").finally(() => Promise.reject(error)));
    const { boundaryArn, policyArns } = JSON.parse(await program.outputs()) as OperatorOutputs;
    const iam = new IAM(settings);
    const { who, end } = await freshUser(iam, operatedStack, Object.values(policyArns));
    const { AWS_ACCESS_KEY_ID: accessKeyId = "", AWS_SECRET_ACCESS_KEY: secretAccessKey = "" } = who;
    const personalize = new Personalize({ ...settings, credentials: { accessKeyId, secretAccessKey } });
    const isAdmitted = () =>
        personalize.listSchemas({}).then(
            () => true,
            () => false,
        );
    await until(`Personalize admits the operator ${operatedStack}`, isAdmitted);
    personalize.destroy();
    return {
        boundaryArn,
        // A profile or a session token would take precedence over the user's access key, or would not match it.
        env: { AWS_PROFILE: undefined, AWS_SESSION_TOKEN: undefined, ...who },
        /** Deletes the user and the policies. */
        async end(): Promise<void> {
            await end();
            iam.destroy();
            await run("destroy");
        },
    };
}
