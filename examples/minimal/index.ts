import * as pulumi from "@pulumi/pulumi";
import { TrainedCampaign } from "pulumi-personalize/components/trained-campaign";

const { dataLocation, roleArn } = new pulumi.Config().requireObject<{ dataLocation: string; roleArn: string }>("data");
const columns = { USER_ID: "string", ITEM_ID: "string", TIMESTAMP: "long" };
const fields = Object.entries(columns).map(([name, type]) => ({ name, type }));
const avro = { type: "record", name: "Interactions", namespace: "com.amazonaws.personalize.schema", fields };
const schema = JSON.stringify({ ...avro, version: "1.0" });

export const { campaignArn } = new TrainedCampaign("films", { interactions: { schema, dataLocation }, roleArn });
