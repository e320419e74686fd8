import type { CodeEntry } from './code-entry.ts';

/** 10xx: inputs, sign-in, connection and what the service answers. */
export const inputCodes = {
  URM1001: {
    title: 'An input is missing or wrong',
    cause: 'A task input or a command line flag is absent, or its value cannot be read.',
    remedy: 'Correct the input named in the message. Nothing was sent.',
  },
  URM1002: {
    title: 'The run was cancelled',
    cause: 'Someone cancelled the pipeline or pressed Ctrl+C, or the agent is stopping.',
    remedy:
      'Start the stage again. An import continues where it stopped when the same plan is applied again.',
  },
  URM1003: {
    title: 'The pipeline gives no federated token',
    cause:
      'The service connection signs in by workload identity federation, and Azure DevOps gave the job no token for it.',
    remedy:
      'Let the pipeline use the service connection, check its federation, or use one with a client secret.',
  },
  URM1004: {
    title: 'A file cannot be written or read',
    cause: 'The disk of this machine is full or read-only, or the user may not use the path.',
    remedy: 'Make room, or give another path, then run again.',
  },
  URM1005: {
    title: 'The run reached its deadline',
    cause:
      'The stage took longer than its deadline allows and was stopped, as if it was cancelled.',
    remedy:
      'Start the stage again, with a later deadline where there is much to do. An import continues where it stopped.',
  },
  URM1006: {
    title: 'The reports could not be written',
    cause: 'The stage did its work; its reports could not be put in their folder.',
    remedy: 'Make room, or give another folder. Nothing has to be done again for the work itself.',
  },
  URM1007: {
    title: 'Another run writes to the same place',
    cause:
      'Two runs on one machine were given the same output or run folder at the same time. Their files would be mixed, so that the second one does not begin.',
    remedy: 'Wait for the end of the other run, or give each a folder of its own.',
  },
  URM1010: {
    title: 'The address of the environment is wrong',
    cause: 'It is no URL, or it asks for plain http on another machine.',
    remedy: 'Give the origin of the environment, such as https://contoso.crm4.dynamics.com.',
  },
  URM1011: {
    title: 'The host name is not known',
    cause: 'The name service knows no machine of this name, or cannot be reached.',
    remedy: 'Check the spelling of the URL, and whether this machine reaches the name service.',
  },
  URM1012: {
    title: 'No connection',
    cause: 'The machine refused the connection, did not answer, or no way leads to it.',
    remedy: 'Check the URL, the network and the proxy (HTTPS_PROXY, NO_PROXY).',
    seenAs: [
      'There was no endpoint listening at … that could accept the message. This is often caused by an incorrect address or SOAP action.',
    ],
  },
  URM1013: {
    title: 'The TLS certificate is not trusted',
    cause: 'The certificate is expired, for another name, or signed by an unknown authority.',
    remedy:
      'Check the URL. When a proxy of your company inspects traffic, name its certificate in NODE_EXTRA_CA_CERTS.',
  },
  URM1014: {
    title: 'No answer in time',
    cause: 'The service took longer to answer than a request may last.',
    remedy: 'Run again. When it repeats, look at the health of the environment.',
  },
  URM1015: {
    title: 'The connection broke',
    cause: 'The connection was closed before the whole answer had come.',
    remedy: 'Run again. When it repeats, look at the network and the proxy.',
  },
  URM1016: {
    title: 'A redirect was refused',
    cause:
      'The server answered with a redirect. It is not followed, so that no token reaches another host.',
    remedy: 'Give the URL of the environment itself, not of a page or an app.',
  },
  URM1017: {
    title: 'The answer is a web page',
    cause:
      'Something that is not the Dataverse Web API answered: a login page, a portal or a proxy.',
    remedy: 'Check the URL, and whether the network or a proxy asks for a sign-in of its own.',
  },
  URM1018: {
    title: 'The answer is too large',
    cause: 'One answer was larger than a Dataverse page can be.',
    remedy: 'Check that the URL is that of a Dataverse environment.',
  },
  URM1019: {
    title: 'No Dataverse environment at this URL',
    cause: 'The server answered, but not as the Dataverse Web API does.',
    remedy: 'Give the origin of the environment, such as https://contoso.crm4.dynamics.com.',
  },
  URM1021: {
    title: 'The sign-in address is not trusted',
    cause:
      'The environment names a login host that is not one of Microsoft’s; no credential is sent there.',
    remedy: 'Check the URL of the environment.',
  },
  URM1022: {
    title: 'The client secret is wrong',
    cause: 'Microsoft Entra does not accept the secret (AADSTS7000215).',
    remedy:
      'Use the value of the secret, not its id, and check that it belongs to this application.',
  },
  URM1023: {
    title: 'The client secret or certificate has expired',
    cause:
      'Microsoft Entra refuses the credential because of its age (AADSTS7000222, AADSTS700027).',
    remedy: 'Create a new one in the app registration and update the service connection.',
  },
  URM1024: {
    title: 'The tenant is not known',
    cause: 'There is no tenant of this id in the cloud of the environment (AADSTS90002).',
    remedy: 'Check the tenant id, or leave it out: the environment names its own.',
  },
  URM1025: {
    title: 'The application is not known in the tenant',
    cause:
      'The client id is wrong, or the application is not registered in this tenant (AADSTS700016).',
    remedy: 'Check the client id and the tenant id.',
  },
  URM1026: {
    title: 'The federated credential does not match',
    cause:
      'No federated credential of the application has the issuer, subject and audience of the assertion.',
    remedy:
      'Add a federated credential with exactly the values of the message to the app registration.',
  },
  URM1027: {
    title: 'No managed identity here',
    cause: 'This machine has no managed identity, or not the one that was named.',
    remedy: 'Assign the identity to the agent’s machine, or use another way to sign in.',
  },
  URM1028: {
    title: 'The sign-in was not completed',
    cause: 'The code was not entered in time, or the sign-in was declined.',
    remedy: 'Run again and enter the code shown.',
  },
  URM1029: {
    title: 'Sign-in failed',
    cause: 'Microsoft Entra gave no token; the message has its reason.',
    remedy: 'Correct what the message names, then run again.',
  },
  URM1030: {
    title: 'The environment does not accept the token',
    cause: 'The token is expired, for another environment, or from another tenant.',
    remedy:
      'Check that the credential belongs to the tenant of the environment; give a fresh token.',
  },
  URM1031: {
    title: 'The application is no user of the environment',
    cause: 'The sign-in worked, but the environment has no application user for the client id.',
    remedy: 'Add an application user with a security role in the Power Platform admin center.',
  },
  URM1032: {
    title: 'The user may not use the environment',
    cause: 'The user is disabled or has no licence.',
    remedy: 'Enable the user, or assign a licence.',
  },
  URM1033: {
    title: 'Two principals are one user',
    cause:
      'Several principals are to write side by side, and the environment knows two of them as the same user, for whom the limits of the service hold once.',
    remedy: 'Give each principal an application user of its own, or leave one out.',
  },
  URM1040: {
    title: 'A privilege is missing',
    cause: 'The security roles of the user do not allow the operation.',
    remedy: 'Add the privilege named in the message to a role of the user.',
  },
  URM1041: {
    title: 'A row or table is not there',
    cause: 'The environment does not have what the request names.',
    remedy:
      'Plan again: the environment has changed, or the package refers to what it does not hold.',
  },
  URM1042: {
    title: 'A row with this key exists',
    cause: 'Another row has the same id or the same alternate key.',
    remedy: 'Look for the row named in the message; map it, or change its key.',
  },
  URM1043: {
    title: 'A row was changed meanwhile',
    cause: 'Its version is not the one that was planned with.',
    remedy: 'Plan again.',
  },
  URM1044: {
    title: 'A value is not accepted',
    cause: 'The environment refuses a value: too long, out of range, or no option of the choice.',
    remedy: 'Correct the value in the source, or the column in the target.',
  },
  URM1045: {
    title: 'The service refused the request',
    cause: 'The message has the text of the service.',
    remedy: 'Correct what the text names, then plan again.',
  },
  URM1046: {
    title: 'The service limits requests for too long',
    cause: 'Service protection limits did not ease within the time a request may take.',
    remedy: 'Run again later, or with another application user: the limits hold for each user.',
  },
  URM1047: {
    title: 'The service is not available',
    cause: 'The service answered with a fault of its own that passes, again and again.',
    remedy: 'Run again later.',
  },
  URM1048: {
    title: 'A part of a batch has no answer',
    cause: 'The answer to a batch holds fewer parts than the request.',
    remedy: 'Run again: what took effect is recognized.',
  },
  URM1049: {
    title: 'A column is not there',
    cause: 'The table of the environment has no such column that can be read.',
    remedy: 'Take the column out of the schema, or install the solution that brings it.',
  },
  URM1050: {
    title: 'A filter cannot be read',
    cause:
      'The FetchXML of the schema is not well-formed, or asks for what a row filter cannot have.',
    remedy: 'Correct the filter of the table in data_schema.xml.',
  },
  URM1051: {
    title: 'A query is too long',
    cause: 'The address of the query exceeds what the service accepts.',
    remedy: 'Shorten the filter of the table, or name fewer columns.',
  },
  URM1052: {
    title: 'An answer cannot be read',
    cause: 'The answer of the service is not what its documentation says.',
    remedy: 'Run again. When it repeats, report it with the log.',
  },
  URM1053: {
    title: 'A value cannot be written',
    cause: 'The value does not fit the column, or the column cannot point to this table.',
    remedy: 'Correct the value in the package.',
  },
} as const satisfies Record<`URM10${number}`, CodeEntry>;
