import assert from "node:assert/strict";
import { pluginSchema } from "../../plugin-schema.ts";
import { kinds } from "../kinds.ts";

interface Property {
    readonly type?: string;
    readonly description?: string;
    readonly replaceOnChanges?: boolean;
}

interface Resource {
    readonly description: string;
    readonly inputProperties: Readonly<Record<string, Property>>;
    readonly requiredInputs: readonly string[];
    readonly required?: readonly string[];
    readonly properties?: Readonly<Record<string, Property>>;
}

describe("Schema of the plugin", () => {
    const described = { version: "1.2.3", description: "Personalize", license: "Apache-2.0" };
    let resources: Readonly<Record<string, Resource>>;

    before(() => {
        ({ resources } = JSON.parse(pluginSchema(described)));
    });

    it("the schema contains each Personalize resource, and describes each resource and each property", () => {
        const names = Object.keys(resources).map((type) => type.replace("personalize:index:", ""));
        assert.deepEqual(names.sort(), [...Object.keys(kinds), "Owner"].sort());
        for (const [type, { description, properties = {} }] of Object.entries(resources)) {
            assert.notEqual(description, "", type);
            const silent = Object.keys(properties).filter((name) => !properties[name]?.description);
            assert.deepEqual(silent, [], type);
        }
    });

    it("the schema marks exactly the inputs whose change replaces the resource", () => {
        for (const [name, { replaces }] of Object.entries(kinds)) {
            const { inputProperties = {} } = resources[`personalize:index:${name}`] ?? {};
            const replacing = Object.keys(inputProperties).filter((key) => inputProperties[key]?.replaceOnChanges);
            assert.deepEqual(replacing.sort(), [...replaces].sort(), name);
        }
    });

    it("the schema requires inputs that have no default, and contains the types of outputs", () => {
        const { requiredInputs, inputProperties, properties, required } =
            resources["personalize:index:Campaign"] ?? assert.fail();
        assert.deepEqual([...requiredInputs].sort(), ["owner", "solutionArn", "solutionVersionArn"]);
        assert.ok(required?.includes("name"), "a generated name is an output");
        assert.equal(inputProperties.minProvisionedTPS?.type, "number");
        assert.ok(!("status" in inputProperties));
        assert.equal(properties?.status?.type, "string");
        assert.ok(!("arn" in (properties ?? {})), "dependents use the ID, which a preview knows");
        const { properties: ofVersion } = resources["personalize:index:SolutionVersion"] ?? assert.fail();
        assert.equal(ofVersion?.trainingHours?.type, "number");
    });
});
