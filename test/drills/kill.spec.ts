import assert from "node:assert/strict";
import { countExcess } from "./kill/cases.ts";

describe("`drill:kill`", () => {
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
