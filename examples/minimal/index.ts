import * as pulumi from "@pulumi/pulumi";
import * as personalize from "pulumi-personalize";

const { dataLocation, roleArn } = new pulumi.Config().requireObject<{ dataLocation: string; roleArn: string }>("data");
const columns = { USER_ID: "string", ITEM_ID: "string", TIMESTAMP: "long" };
const fields = Object.entries(columns).map(([name, type]) => ({ name, type }));
const avro = { type: "record", name: "Interactions", namespace: "com.amazonaws.personalize.schema", fields };
const text = JSON.stringify({ ...avro, version: "1.0" });

const schema = new personalize.Schema("films", { name: "films", schema: text });
const group = new personalize.DatasetGroup("films", { name: "films" });
const ofGroup = { name: "films", datasetGroupArn: group.id };
const dataset = new personalize.Dataset("films", { ...ofGroup, schemaArn: schema.id, datasetType: "INTERACTIONS" });
const source = { datasetArn: dataset.id, dataLocation, roleArn };
const importJob = new personalize.DatasetImportJob("films", { jobNamePrefix: "films", ...source });
const recipeArn = "arn:aws:personalize:::recipe/aws-user-personalization-v2";
const solution = new personalize.Solution("films", { ...ofGroup, recipeArn }, { dependsOn: dataset });
const version = new personalize.SolutionVersion("films", { solutionArn: solution.id, importJobArn: importJob.id });
const served = { solutionArn: solution.id, solutionVersionArn: version.id };
export const campaignArn = new personalize.Campaign("films", { name: "films", ...served }).id;
