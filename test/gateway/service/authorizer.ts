import type { APIGatewayRequestAuthorizerEventV2 } from "aws-lambda";

/** Knows one token, and says what its own environment was so that the test can see it. */
export const handler = async (event: APIGatewayRequestAuthorizerEventV2) => ({
  isAuthorized: event.headers?.["authorization"] === "Bearer good",
  context: { owner: "ada", pepper: process.env["PEPPER"] },
});
