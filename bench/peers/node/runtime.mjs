// A client of Lambda's Runtime API: it asks for events, and posts the handler's responses. AWS's own client
// (`aws-lambda-ric`) does more, and needs CMake and a minute of compiling to be installed.

import { Agent, request } from "node:http";
import { handler } from "./upsert.mjs";

const [hostname, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
const agent = new Agent({ keepAlive: true });

function call(method, path, body) {
  return new Promise((resolve, reject) => {
    const fullPath = `/2018-06-01/runtime/invocation/${path}`;
    const sent = request({ hostname, port, method, path: fullPath, agent }, (response) => {
      const parts = [];
      response.on("data", (part) => parts.push(part));
      response.on("end", () => resolve({ headers: response.headers, body: Buffer.concat(parts).toString() }));
      response.on("error", reject);
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

for (;;) {
  const { headers, body } = await call("GET", "next");
  const awsRequestId = headers["lambda-runtime-aws-request-id"];
  try {
    await call("POST", `${awsRequestId}/response`, JSON.stringify(await handler(JSON.parse(body), { awsRequestId })));
  } catch (error) {
    const diagnostic = { errorType: error.name, errorMessage: error.message };
    await call("POST", `${awsRequestId}/error`, JSON.stringify(diagnostic));
  }
}
