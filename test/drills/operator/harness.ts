import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { webhookParameter } from "../../../iam/operator.ts";
import { type CommandResult, run } from "../../../packages/local-aws/pulumi.ts";
import type { TestAws } from "../../support/local-aws.ts";

/** A caller's credentials, as environment variables for AWS SDKs. */
export type Who = Readonly<Record<string, string>>;

/** The local AWS's administrator, whom no policy limits. */
export const administrator: Who = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };

/**
 * Returns functions that run Pulumi commands and runbooks for a stack on a local AWS with the credentials of any
 * caller.
 */
export function createHarness(aws: TestAws, boundaryArn: string) {
    const { instance, stack } = aws;
    const data = join(instance.dir, "data");
    const configFile = join(instance.dir, "workspace", `Pulumi.${stack}.yaml`);
    const itemsFile = join(data, "items.csv");
    const usersFile = join(data, "users.csv");

    /**
     * Writes the files of items and users. With `wide`, the items have an additional column, which
     * requires an update of the dataset.
     */
    async function writeFiles(wide: boolean): Promise<void> {
        const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
        const csv = (header: string, rows: readonly string[]) => `${[header, ...rows].join("\n")}\n`;
        const items = numbers(150).map((id) => `${id},${id % 2 ? "Comedy" : "Drama"}${wide ? `,${1950 + id}` : ""}`);
        const files = {
            [itemsFile]: csv(`ITEM_ID,GENRES${wide ? ",YEAR" : ""}`, items),
            [schemaOf(itemsFile)]: avro("Items", "ITEM_ID", wide ? ["GENRES", "YEAR"] : ["GENRES"]),
            [usersFile]: csv(
                "USER_ID,GENDER",
                numbers(60).map((id) => `${id},${id % 2 ? "F" : "M"}`),
            ),
            [schemaOf(usersFile)]: avro("Users", "USER_ID", ["GENDER"]),
        };
        for (const [file, text] of Object.entries(files)) {
            await mkdir(dirname(file), { recursive: true });
            await writeFile(file, text);
        }
    }

    const runbookWith = (who: Who, name: string, ...args: readonly string[]): Promise<CommandResult> =>
        run(instance, process.execPath, [join("runbooks", `${name}.ts`), ...args], "captured", who);

    const common = {
        permissionsBoundary: boundaryArn,
        itemsFile,
        alertEmail: "ann@example.com",
        chatWebhookParameter: webhookParameter({ project: "movie-recommender", stack }),
        // Accept every version, because the metrics of few test users vary, and this drill tests only permissions.
        gate: { maximumNdcgDropPercent: 100, minimumNdcgOverPopularityPercent: -100 },
    };
    const usual = {
        ...common,
        tags: { team: "films" },
        eventTracker: "true",
        filters: { unseen: 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("Watch")' },
        api: "true",
        storefront: "cloudfront",
    };
    const configurations = {
        usual,
        precomputed: { ...usual, serving: { mode: "batch" } },
        changed: {
            ...common,
            tags: { owner: "ann" },
            usersFile,
            filters: { comedies: 'INCLUDE ItemID WHERE Items.GENRES IN ("Comedy")' },
            minProvisionedTPS: "2",
            // Set a limit above the estimate for 2 TPS, because preview rejects a lower one.
            monthlyLimitUsd: "700",
            performAutoTraining: "true",
            guardMinutes: "30",
            idle: { action: "park" },
            api: "true",
            storefront: "cloudfront",
            apiAccessLogs: "true",
            throttle: { requestsPerSecond: 20, burst: 40 },
        },
        together: {
            ...common,
            api: "true",
            storefront: "api",
        },
        keyed: {
            ...common,
            tags: { team: "films" },
            api: "true",
            storefront: "none",
            apiKey: "true",
            prefetchUsers: "0",
        },
    };

    return {
        aws,
        configFile,
        /** Sets the stack's configuration and writes the files to which it refers. */
        async configure(which: keyof typeof configurations): Promise<void> {
            // All later configurations keep the additional column of `changed`, because a dataset cannot lose a column.
            await writeFiles(which !== "usual" && which !== "precomputed");
            await aws.configure(configurations[which]);
        },
        engine: (who: Who, ...args: Parameters<TestAws["engine"]>): Promise<CommandResult> =>
            run(instance, "pulumi", aws.engineArgs(...args), "captured", who),
        runbook: (who: Who, name: string, ...args: readonly string[]) =>
            runbookWith(who, name, "--stack", stack, ...args),
        /** Runs a runbook without the option --stack. */
        runbookAnywhere: runbookWith,
    };
}

export type OperatorHarness = ReturnType<typeof createHarness>;

const schemaOf = (file: string) => file.replace(/\.csv$/, ".schema.json");

function avro(name: string, id: string, columns: readonly string[]): string {
    const optional = (column: string) =>
        column === "YEAR"
            ? { name: column, type: ["null", "int"] }
            : { name: column, type: ["null", "string"], categorical: true };
    return JSON.stringify({
        type: "record",
        name,
        namespace: "com.amazonaws.personalize.schema",
        fields: [{ name: id, type: "string" }, ...columns.map(optional)],
        version: "1.0",
    });
}
