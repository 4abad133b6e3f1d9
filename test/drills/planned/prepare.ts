import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { KMS } from "@aws-sdk/client-kms";
import { itemsCsv, itemsSchema } from "../../../data-prep/items.ts";
import { prepare } from "../../../data-prep/prepare.ts";
import { ratingsFile, syntheticRatings } from "../../../packages/local-personalize/test/interactions.ts";
import { startIssuer } from "../../support/issuer.ts";
import { createSettings, type TestAws } from "../../support/local-aws.ts";

const films = Array.from({ length: 150 }, (_, index) => ({
    itemId: String(index + 1),
    title: `Film ${index + 1}`,
    year: 1900 + index,
    genres: ["Drama"],
}));

/** Name of a dataset group that is created outside Pulumi, for config `adopt`. */
export const handMadeGroup = "console-films";

/** Writes the files and creates the resources to which the values of config keys refer. */
export async function prepareValues(aws: TestAws) {
    const at = (name: string) => join(aws.instance.dir, "data", name);
    // Use another folder, because data-prep writes the fallback tables next to the interactions.
    await mkdir(at("other"));
    await writeFile(at("other/u.data"), ratingsFile(syntheticRatings({ seed: 3 })));
    await prepare({ input: at("other/u.data"), output: at("other/interactions.csv"), log: () => {} });
    await writeFile(at("options.yaml"), "minInteractions: 7\n");
    await writeFile(at("items.csv"), itemsCsv(films));
    await writeFile(at("items.schema.json"), JSON.stringify(itemsSchema));
    await writeFile(at("users.csv"), 'USER_ID,AGE\n"1",30\n"2",\n');
    const fields = [
        { name: "USER_ID", type: "string" },
        { name: "AGE", type: ["null", "int"] },
    ];
    await writeFile(at("users.schema.json"), JSON.stringify({ ...itemsSchema, name: "Users", fields }));
    await aws.ssm.putParameter({ Name: "/films/webhook", Value: "https://chat.example/hook", Type: "SecureString" });
    const PolicyDocument = JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
    });
    const { Policy } = await aws.iam.createPolicy({ PolicyName: "boundary", PolicyDocument });
    const kms = new KMS(createSettings(aws.instance));
    const { KeyMetadata } = await kms.createKey({});
    kms.destroy();
    const group = await aws.personalize.createDatasetGroup({ name: handMadeGroup });
    const issuer = await startIssuer();
    return {
        arns: {
            boundary: Policy?.Arn ?? "",
            kmsKey: KeyMetadata?.Arn ?? "",
            datasetGroup: group.datasetGroupArn ?? "",
            issuer: issuer.issuer,
        },
        end: () => issuer.close(),
    };
}
