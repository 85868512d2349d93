import { z } from "zod";
import { AwsError, parse } from "./operation.ts";
import type { Operations } from "./operation.ts";

const GetSecretValue = z.object({ SecretId: z.string().min(1) });

/** Secrets that were there from the start. */
export function secretsManager(secrets: Readonly<Record<string, string>>): Operations {
  return {
    "secretsmanager:GetSecretValue"(input) {
      const { SecretId } = parse(GetSecretValue, input);
      if (!Object.hasOwn(secrets, SecretId)) {
        throw new AwsError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
      }
      return { Name: SecretId, SecretString: secrets[SecretId], VersionStages: ["AWSCURRENT"] };
    },
  };
}
