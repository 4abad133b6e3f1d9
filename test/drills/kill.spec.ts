import assert from "node:assert/strict";
import { countExcess, createCases } from "./kill/cases.ts";

describe("`drill:kill`", () => {
    it("`createCases` returns as many kills of `up` as of `destroy`, half during API calls", () => {
        const cases = createCases(7, 20);
        assert.equal(cases.length, 40);
        for (const command of ["up", "destroy"]) {
            const own = cases.filter((one) => one.command === command);
            assert.equal(own.length, 20);
            const between = own.flatMap(({ moment }) => ("operation" in moment ? [moment.operation] : []));
            assert.equal(between.length, 10);
            assert.equal(new Set(between).size, command === "up" ? 8 : 6, "every operation has its turn");
        }
        assert.deepEqual(createCases(7, 20), cases);
        assert.notDeepEqual(createCases(8, 20), cases);
        assert.ok(cases.some(({ emulatorToo }) => emulatorToo));
        assert.ok(cases.some(({ faults }) => faults.length > 0));
    });

    it("`countExcess` counts repeated Create calls for a resource, and how many of them AWS charges for", () => {
        const request = (operation: string, outcome = "accepted") => ({
            id: 1,
            at: 0,
            operation,
            region: "eu-central-1",
            arn: null,
            name: null,
            outcome,
            answered: 1 as const,
        });
        const once = ["CreateSchema", "CreateDatasetImportJob", "CreateSolutionVersion", "DeleteSchema"];
        assert.deepEqual(countExcess(once.map((operation) => request(operation))), {
            duplicates: 0,
            paidTwice: 0,
            repeated: [],
        });
        const refused = request("CreateSolutionVersion", "ThrottlingException");
        const more = [...once, ...once, "DeleteSchema"].map((operation) => request(operation));
        const repeated = once.slice(0, 3);
        assert.deepEqual(countExcess([refused, ...more]), { duplicates: 3, paidTwice: 2, repeated });
    });
});
