import type { Page } from "./help.js"

/** Written by `scripts/codegen.mjs`. */
export const pages: Page = {
  "name": "certifier",
  "description": "Digital certificates and badges of Certifier, from a terminal.",
  "examples": [
    "certifier sandbox",
    "certifier groups list --sandbox"
  ],
  "values": [],
  "options": [],
  "children": [
    {
      "name": "groups",
      "description": "The groups that credentials are issued in.",
      "examples": [
        "certifier groups list",
        "certifier groups pull > groups.yaml"
      ],
      "values": [],
      "options": [],
      "children": [
        {
          "name": "list",
          "description": "Lists the groups.",
          "examples": [
            "certifier groups list",
            "certifier groups list --limit 10 --json"
          ],
          "values": [],
          "options": [
            {
              "name": "--limit NUMBER",
              "text": "Prints at most so many"
            },
            {
              "name": "-v, --verbose",
              "text": "Shows each request on standard error, without secrets"
            },
            {
              "name": "--sandbox [URL]",
              "text": "Talks to a sandbox instead of Certifier, by default http://127.0.0.1:4010; needs no access token"
            },
            {
              "name": "--token-file FILE",
              "text": "A file that holds the access token; default: CERTIFIER_ACCESS_TOKEN, or a question"
            },
            {
              "name": "--json",
              "text": "Prints one JSON document"
            },
            {
              "name": "--jsonl",
              "text": "Prints one JSON value a line"
            }
          ],
          "children": []
        },
        {
          "name": "get",
          "description": "Shows a group.",
          "examples": [
            "certifier groups get \"First Aid 2026\"",
            "certifier groups get 01g90279gp5sbmfek7wymcsvec --json"
          ],
          "values": [
            {
              "name": "GROUP",
              "text": "The name of a group, or its id"
            }
          ],
          "options": [
            {
              "name": "-v, --verbose",
              "text": "Shows each request on standard error, without secrets"
            },
            {
              "name": "--sandbox [URL]",
              "text": "Talks to a sandbox instead of Certifier, by default http://127.0.0.1:4010; needs no access token"
            },
            {
              "name": "--token-file FILE",
              "text": "A file that holds the access token; default: CERTIFIER_ACCESS_TOKEN, or a question"
            },
            {
              "name": "--json",
              "text": "Prints one JSON document"
            },
            {
              "name": "--jsonl",
              "text": "Prints one JSON value a line"
            }
          ],
          "children": []
        },
        {
          "name": "create",
          "description": "Creates a group.",
          "examples": [
            "certifier groups create \"First Aid 2026\" --design \"Blue certificate\""
          ],
          "values": [
            {
              "name": "NAME",
              "text": "The name of the new group"
            }
          ],
          "options": [
            {
              "name": "--design DESIGN",
              "text": "The name of a design, or its id; repeated for several, in their order"
            },
            {
              "name": "--learning-event-url URL",
              "text": "The page of the learning event, for digital wallets"
            },
            {
              "name": "-v, --verbose",
              "text": "Shows each request on standard error, without secrets"
            },
            {
              "name": "--sandbox [URL]",
              "text": "Talks to a sandbox instead of Certifier, by default http://127.0.0.1:4010; needs no access token"
            },
            {
              "name": "--token-file FILE",
              "text": "A file that holds the access token; default: CERTIFIER_ACCESS_TOKEN, or a question"
            },
            {
              "name": "--json",
              "text": "Prints one JSON document"
            },
            {
              "name": "--jsonl",
              "text": "Prints one JSON value a line"
            }
          ],
          "children": []
        },
        {
          "name": "update",
          "description": "Changes a group. A new name or new designs also change the credentials issued from it before.",
          "examples": [
            "certifier groups update \"First Aid 2026\" --name \"First Aid 2027\""
          ],
          "values": [
            {
              "name": "GROUP",
              "text": "The name of a group, or its id"
            }
          ],
          "options": [
            {
              "name": "--name NAME",
              "text": "The new name"
            },
            {
              "name": "--design DESIGN",
              "text": "The name of a design, or its id; repeated for several, in their order"
            },
            {
              "name": "--learning-event-url URL",
              "text": "The page of the learning event, for digital wallets"
            },
            {
              "name": "-v, --verbose",
              "text": "Shows each request on standard error, without secrets"
            },
            {
              "name": "--sandbox [URL]",
              "text": "Talks to a sandbox instead of Certifier, by default http://127.0.0.1:4010; needs no access token"
            },
            {
              "name": "--token-file FILE",
              "text": "A file that holds the access token; default: CERTIFIER_ACCESS_TOKEN, or a question"
            },
            {
              "name": "--json",
              "text": "Prints one JSON document"
            },
            {
              "name": "--jsonl",
              "text": "Prints one JSON value a line"
            }
          ],
          "children": []
        },
        {
          "name": "delete",
          "description": "Deletes a group, after a question.",
          "examples": [
            "certifier groups delete \"First Aid 2025\"",
            "certifier groups delete \"First Aid 2025\" --yes"
          ],
          "values": [
            {
              "name": "GROUP",
              "text": "The name of a group, or its id"
            }
          ],
          "options": [
            {
              "name": "-y, --yes",
              "text": "Confirms without a question, for scripts"
            },
            {
              "name": "-v, --verbose",
              "text": "Shows each request on standard error, without secrets"
            },
            {
              "name": "--sandbox [URL]",
              "text": "Talks to a sandbox instead of Certifier, by default http://127.0.0.1:4010; needs no access token"
            },
            {
              "name": "--token-file FILE",
              "text": "A file that holds the access token; default: CERTIFIER_ACCESS_TOKEN, or a question"
            },
            {
              "name": "--json",
              "text": "Prints one JSON document"
            },
            {
              "name": "--jsonl",
              "text": "Prints one JSON value a line"
            }
          ],
          "children": []
        },
        {
          "name": "pull",
          "description": "Prints the groups of the workspace as a file to edit.",
          "examples": [
            "certifier groups pull > groups.yaml",
            "certifier groups pull --into groups.yaml"
          ],
          "values": [],
          "options": [
            {
              "name": "--into FILE",
              "text": "A file to bring up to date; its comments and its order stay"
            },
            {
              "name": "-v, --verbose",
              "text": "Shows each request on standard error, without secrets"
            },
            {
              "name": "--sandbox [URL]",
              "text": "Talks to a sandbox instead of Certifier, by default http://127.0.0.1:4010; needs no access token"
            },
            {
              "name": "--token-file FILE",
              "text": "A file that holds the access token; default: CERTIFIER_ACCESS_TOKEN, or a question"
            },
            {
              "name": "--json",
              "text": "Prints one JSON document"
            },
            {
              "name": "--jsonl",
              "text": "Prints one JSON value a line"
            }
          ],
          "children": []
        },
        {
          "name": "plan",
          "description": "Shows what apply would change, field by field, and changes nothing.",
          "examples": [
            "certifier groups plan groups.yaml",
            "certifier groups plan --exit-code groups.yaml"
          ],
          "values": [
            {
              "name": "FILE",
              "text": "The file of the groups, as `certifier groups pull` writes it"
            }
          ],
          "options": [
            {
              "name": "--prune",
              "text": "Deletes the groups of the workspace that the file does not have"
            },
            {
              "name": "--exit-code",
              "text": "Exits with 2 if there is something to change, and with 0 otherwise"
            },
            {
              "name": "-v, --verbose",
              "text": "Shows each request on standard error, without secrets"
            },
            {
              "name": "--sandbox [URL]",
              "text": "Talks to a sandbox instead of Certifier, by default http://127.0.0.1:4010; needs no access token"
            },
            {
              "name": "--token-file FILE",
              "text": "A file that holds the access token; default: CERTIFIER_ACCESS_TOKEN, or a question"
            },
            {
              "name": "--json",
              "text": "Prints one JSON document"
            },
            {
              "name": "--jsonl",
              "text": "Prints one JSON value a line"
            }
          ],
          "children": []
        },
        {
          "name": "apply",
          "description": "Changes the groups to what a file says, after a question.",
          "examples": [
            "certifier groups apply groups.yaml",
            "certifier groups apply --prune groups.yaml"
          ],
          "values": [
            {
              "name": "FILE",
              "text": "The file of the groups, as `certifier groups pull` writes it"
            }
          ],
          "options": [
            {
              "name": "--prune",
              "text": "Deletes the groups of the workspace that the file does not have"
            },
            {
              "name": "-y, --yes",
              "text": "Confirms without a question, for scripts"
            },
            {
              "name": "--yes-delete",
              "text": "Confirms what --prune deletes, for scripts; --yes does not"
            },
            {
              "name": "-v, --verbose",
              "text": "Shows each request on standard error, without secrets"
            },
            {
              "name": "--sandbox [URL]",
              "text": "Talks to a sandbox instead of Certifier, by default http://127.0.0.1:4010; needs no access token"
            },
            {
              "name": "--token-file FILE",
              "text": "A file that holds the access token; default: CERTIFIER_ACCESS_TOKEN, or a question"
            },
            {
              "name": "--json",
              "text": "Prints one JSON document"
            },
            {
              "name": "--jsonl",
              "text": "Prints one JSON value a line"
            }
          ],
          "children": []
        }
      ]
    },
    {
      "name": "credentials",
      "description": "Certificates and badges of people.",
      "examples": [
        "certifier credentials list --group \"First Aid 2026\"",
        "certifier credentials get ada@example.com"
      ],
      "values": [],
      "options": [],
      "children": [
        {
          "name": "list",
          "description": "Lists the credentials.",
          "examples": [
            "certifier credentials list",
            "certifier credentials list --group \"First Aid 2026\" --jsonl"
          ],
          "values": [],
          "options": [
            {
              "name": "--group GROUP",
              "text": "Only those of one group"
            },
            {
              "name": "--limit NUMBER",
              "text": "Prints at most so many"
            },
            {
              "name": "-v, --verbose",
              "text": "Shows each request on standard error, without secrets"
            },
            {
              "name": "--sandbox [URL]",
              "text": "Talks to a sandbox instead of Certifier, by default http://127.0.0.1:4010; needs no access token"
            },
            {
              "name": "--token-file FILE",
              "text": "A file that holds the access token; default: CERTIFIER_ACCESS_TOKEN, or a question"
            },
            {
              "name": "--json",
              "text": "Prints one JSON document"
            },
            {
              "name": "--jsonl",
              "text": "Prints one JSON value a line"
            }
          ],
          "children": []
        },
        {
          "name": "search",
          "description": "Finds credentials for which all of the conditions hold.",
          "examples": [
            "certifier credentials search --group \"First Aid 2026\" --status issued",
            "certifier credentials search --email @example.com --expires-to 2026-12-31",
            "certifier credentials search --filter '{\"NOT\":[{\"status\":{\"equals\":\"draft\"}}]}'"
          ],
          "values": [],
          "options": [
            {
              "name": "--group GROUP",
              "text": "In this group"
            },
            {
              "name": "--name TEXT",
              "text": "The recipient's name contains this"
            },
            {
              "name": "--email TEXT",
              "text": "The recipient's email address contains this"
            },
            {
              "name": "--status VALUE",
              "text": "In this state; repeated for several (draft, scheduled, issued, expired)"
            },
            {
              "name": "--issued-from DATE",
              "text": "Issued on this day or later"
            },
            {
              "name": "--issued-to DATE",
              "text": "Issued on this day or earlier"
            },
            {
              "name": "--expires-from DATE",
              "text": "Expires on this day or later"
            },
            {
              "name": "--expires-to DATE",
              "text": "Expires on this day or earlier"
            },
            {
              "name": "--filter JSON",
              "text": "More conditions, as the API has them"
            },
            {
              "name": "--sort VALUE",
              "text": "The order (id, createdAt, updatedAt, issueDate, expiryDate)"
            },
            {
              "name": "--desc",
              "text": "The last one first; with --sort"
            },
            {
              "name": "--limit NUMBER",
              "text": "Prints at most so many"
            },
            {
              "name": "-v, --verbose",
              "text": "Shows each request on standard error, without secrets"
            },
            {
              "name": "--sandbox [URL]",
              "text": "Talks to a sandbox instead of Certifier, by default http://127.0.0.1:4010; needs no access token"
            },
            {
              "name": "--token-file FILE",
              "text": "A file that holds the access token; default: CERTIFIER_ACCESS_TOKEN, or a question"
            },
            {
              "name": "--json",
              "text": "Prints one JSON document"
            },
            {
              "name": "--jsonl",
              "text": "Prints one JSON value a line"
            }
          ],
          "children": []
        },
        {
          "name": "get",
          "description": "Shows a credential.",
          "examples": [
            "certifier credentials get ada@example.com",
            "certifier credentials get 01k0crd00000000000000000c1 --json"
          ],
          "values": [
            {
              "name": "CREDENTIAL",
              "text": "The id of a credential, its public link, or the email address of its recipient"
            }
          ],
          "options": [
            {
              "name": "-v, --verbose",
              "text": "Shows each request on standard error, without secrets"
            },
            {
              "name": "--sandbox [URL]",
              "text": "Talks to a sandbox instead of Certifier, by default http://127.0.0.1:4010; needs no access token"
            },
            {
              "name": "--token-file FILE",
              "text": "A file that holds the access token; default: CERTIFIER_ACCESS_TOKEN, or a question"
            },
            {
              "name": "--json",
              "text": "Prints one JSON document"
            },
            {
              "name": "--jsonl",
              "text": "Prints one JSON value a line"
            }
          ],
          "children": []
        },
        {
          "name": "designs",
          "description": "Lists the pictures and PDFs of a credential. Right after issuing there may be none yet.",
          "examples": [
            "certifier credentials designs ada@example.com"
          ],
          "values": [
            {
              "name": "CREDENTIAL",
              "text": "The id of a credential, its public link, or the email address of its recipient"
            }
          ],
          "options": [
            {
              "name": "-v, --verbose",
              "text": "Shows each request on standard error, without secrets"
            },
            {
              "name": "--sandbox [URL]",
              "text": "Talks to a sandbox instead of Certifier, by default http://127.0.0.1:4010; needs no access token"
            },
            {
              "name": "--token-file FILE",
              "text": "A file that holds the access token; default: CERTIFIER_ACCESS_TOKEN, or a question"
            },
            {
              "name": "--json",
              "text": "Prints one JSON document"
            },
            {
              "name": "--jsonl",
              "text": "Prints one JSON value a line"
            }
          ],
          "children": []
        },
        {
          "name": "create",
          "description": "Creates a credential, as a draft unless --issue or --send is given.",
          "examples": [
            "certifier credentials create --group \"First Aid 2026\" --name \"Ada Example\"",
            "certifier credentials create --group \"First Aid 2026\" --name \"Ada Example\" --email ada@example.com --send"
          ],
          "values": [],
          "options": [
            {
              "name": "--group GROUP",
              "text": "The name of the group, or its id"
            },
            {
              "name": "--name NAME",
              "text": "The name of the recipient"
            },
            {
              "name": "--email EMAIL",
              "text": "The email address of the recipient; needed for mailing"
            },
            {
              "name": "--issue-date DATE",
              "text": "When it counts as issued, as YYYY-MM-DD"
            },
            {
              "name": "--expiry-date DATE",
              "text": "When it expires, as YYYY-MM-DD"
            },
            {
              "name": "--attribute KEY=VALUE",
              "text": "A value of one of the workspace's own attributes; repeated for several"
            },
            {
              "name": "--issue",
              "text": "Issues it as well"
            },
            {
              "name": "--send",
              "text": "Issues it and mails it, after a question"
            },
            {
              "name": "-y, --yes",
              "text": "Confirms without a question, for scripts"
            },
            {
              "name": "-v, --verbose",
              "text": "Shows each request on standard error, without secrets"
            },
            {
              "name": "--sandbox [URL]",
              "text": "Talks to a sandbox instead of Certifier, by default http://127.0.0.1:4010; needs no access token"
            },
            {
              "name": "--token-file FILE",
              "text": "A file that holds the access token; default: CERTIFIER_ACCESS_TOKEN, or a question"
            },
            {
              "name": "--json",
              "text": "Prints one JSON document"
            },
            {
              "name": "--jsonl",
              "text": "Prints one JSON value a line"
            }
          ],
          "children": []
        },
        {
          "name": "update",
          "description": "Changes a credential. What is not given does not change.",
          "examples": [
            "certifier credentials update ada@example.com --name \"Ada Lovelace\""
          ],
          "values": [
            {
              "name": "CREDENTIAL",
              "text": "The id of a credential, its public link, or the email address of its recipient"
            }
          ],
          "options": [
            {
              "name": "--name NAME",
              "text": "The new name of the recipient"
            },
            {
              "name": "--email EMAIL",
              "text": "The new email address of the recipient"
            },
            {
              "name": "--issue-date DATE",
              "text": "When it counts as issued, as YYYY-MM-DD"
            },
            {
              "name": "--expiry-date DATE",
              "text": "When it expires, as YYYY-MM-DD"
            },
            {
              "name": "--no-expiry",
              "text": "It does not expire any more"
            },
            {
              "name": "--attribute KEY=VALUE",
              "text": "A value of one of the workspace's own attributes; repeated for several"
            },
            {
              "name": "-v, --verbose",
              "text": "Shows each request on standard error, without secrets"
            },
            {
              "name": "--sandbox [URL]",
              "text": "Talks to a sandbox instead of Certifier, by default http://127.0.0.1:4010; needs no access token"
            },
            {
              "name": "--token-file FILE",
              "text": "A file that holds the access token; default: CERTIFIER_ACCESS_TOKEN, or a question"
            },
            {
              "name": "--json",
              "text": "Prints one JSON document"
            },
            {
              "name": "--jsonl",
              "text": "Prints one JSON value a line"
            }
          ],
          "children": []
        },
        {
          "name": "issue",
          "description": "Issues drafts, without mailing them. What is issued already does not change.",
          "examples": [
            "certifier credentials issue ada@example.com"
          ],
          "values": [
            {
              "name": "CREDENTIAL 1+",
              "text": "The ids of credentials, their public links, or the email addresses of their recipients"
            }
          ],
          "options": [
            {
              "name": "-v, --verbose",
              "text": "Shows each request on standard error, without secrets"
            },
            {
              "name": "--sandbox [URL]",
              "text": "Talks to a sandbox instead of Certifier, by default http://127.0.0.1:4010; needs no access token"
            },
            {
              "name": "--token-file FILE",
              "text": "A file that holds the access token; default: CERTIFIER_ACCESS_TOKEN, or a question"
            },
            {
              "name": "--json",
              "text": "Prints one JSON document"
            },
            {
              "name": "--jsonl",
              "text": "Prints one JSON value a line"
            }
          ],
          "children": []
        },
        {
          "name": "send",
          "description": "Mails issued credentials to their recipients, after a question. Each time mails again.",
          "examples": [
            "certifier credentials send ada@example.com",
            "certifier credentials send ada@example.com --yes"
          ],
          "values": [
            {
              "name": "CREDENTIAL 1+",
              "text": "The ids of credentials, their public links, or the email addresses of their recipients"
            }
          ],
          "options": [
            {
              "name": "-y, --yes",
              "text": "Confirms without a question, for scripts"
            },
            {
              "name": "-v, --verbose",
              "text": "Shows each request on standard error, without secrets"
            },
            {
              "name": "--sandbox [URL]",
              "text": "Talks to a sandbox instead of Certifier, by default http://127.0.0.1:4010; needs no access token"
            },
            {
              "name": "--token-file FILE",
              "text": "A file that holds the access token; default: CERTIFIER_ACCESS_TOKEN, or a question"
            },
            {
              "name": "--json",
              "text": "Prints one JSON document"
            },
            {
              "name": "--jsonl",
              "text": "Prints one JSON value a line"
            }
          ],
          "children": []
        },
        {
          "name": "delete",
          "description": "Deletes credentials for good, after a question.",
          "examples": [
            "certifier credentials delete ada@example.com"
          ],
          "values": [
            {
              "name": "CREDENTIAL 1+",
              "text": "The ids of credentials, their public links, or the email addresses of their recipients"
            }
          ],
          "options": [
            {
              "name": "-y, --yes",
              "text": "Confirms without a question, for scripts"
            },
            {
              "name": "-v, --verbose",
              "text": "Shows each request on standard error, without secrets"
            },
            {
              "name": "--sandbox [URL]",
              "text": "Talks to a sandbox instead of Certifier, by default http://127.0.0.1:4010; needs no access token"
            },
            {
              "name": "--token-file FILE",
              "text": "A file that holds the access token; default: CERTIFIER_ACCESS_TOKEN, or a question"
            },
            {
              "name": "--json",
              "text": "Prints one JSON document"
            },
            {
              "name": "--jsonl",
              "text": "Prints one JSON value a line"
            }
          ],
          "children": []
        }
      ]
    },
    {
      "name": "designs",
      "description": "The designs of certificates and badges.",
      "examples": [
        "certifier designs list"
      ],
      "values": [],
      "options": [],
      "children": [
        {
          "name": "list",
          "description": "Lists the designs.",
          "examples": [
            "certifier designs list"
          ],
          "values": [],
          "options": [
            {
              "name": "--limit NUMBER",
              "text": "Prints at most so many"
            },
            {
              "name": "-v, --verbose",
              "text": "Shows each request on standard error, without secrets"
            },
            {
              "name": "--sandbox [URL]",
              "text": "Talks to a sandbox instead of Certifier, by default http://127.0.0.1:4010; needs no access token"
            },
            {
              "name": "--token-file FILE",
              "text": "A file that holds the access token; default: CERTIFIER_ACCESS_TOKEN, or a question"
            },
            {
              "name": "--json",
              "text": "Prints one JSON document"
            },
            {
              "name": "--jsonl",
              "text": "Prints one JSON value a line"
            }
          ],
          "children": []
        },
        {
          "name": "get",
          "description": "Shows a design.",
          "examples": [
            "certifier designs get \"Blue certificate\""
          ],
          "values": [
            {
              "name": "DESIGN",
              "text": "The name of a design, or its id"
            }
          ],
          "options": [
            {
              "name": "-v, --verbose",
              "text": "Shows each request on standard error, without secrets"
            },
            {
              "name": "--sandbox [URL]",
              "text": "Talks to a sandbox instead of Certifier, by default http://127.0.0.1:4010; needs no access token"
            },
            {
              "name": "--token-file FILE",
              "text": "A file that holds the access token; default: CERTIFIER_ACCESS_TOKEN, or a question"
            },
            {
              "name": "--json",
              "text": "Prints one JSON document"
            },
            {
              "name": "--jsonl",
              "text": "Prints one JSON value a line"
            }
          ],
          "children": []
        }
      ]
    },
    {
      "name": "interactions",
      "description": "What was done with credentials: views, downloads, shares.",
      "examples": [
        "certifier interactions list"
      ],
      "values": [],
      "options": [],
      "children": [
        {
          "name": "list",
          "description": "Lists what recipients and others did with credentials.",
          "examples": [
            "certifier interactions list",
            "certifier interactions list --credential ada@example.com"
          ],
          "values": [],
          "options": [
            {
              "name": "--credential CREDENTIAL",
              "text": "Only those of one credential: its id, link, or recipient's email"
            },
            {
              "name": "--limit NUMBER",
              "text": "Prints at most so many"
            },
            {
              "name": "-v, --verbose",
              "text": "Shows each request on standard error, without secrets"
            },
            {
              "name": "--sandbox [URL]",
              "text": "Talks to a sandbox instead of Certifier, by default http://127.0.0.1:4010; needs no access token"
            },
            {
              "name": "--token-file FILE",
              "text": "A file that holds the access token; default: CERTIFIER_ACCESS_TOKEN, or a question"
            },
            {
              "name": "--json",
              "text": "Prints one JSON document"
            },
            {
              "name": "--jsonl",
              "text": "Prints one JSON value a line"
            }
          ],
          "children": []
        },
        {
          "name": "create",
          "description": "Records an interaction. It counts again each time that this is run.",
          "examples": [
            "certifier interactions create ada@example.com --type credential_viewed --by guest"
          ],
          "values": [
            {
              "name": "CREDENTIAL",
              "text": "The id of a credential, its public link, or the email address of its recipient"
            }
          ],
          "options": [
            {
              "name": "--type VALUE",
              "text": "What was done (credential_viewed, credential_shared_to_linkedin, credential_shared_to_facebook, credential_shared_to_twitter, credential_shared_to_messenger, credential_shared_to_whatsapp, credential_shared_to_pinterest, credential_shared_to_telegram, credential_shared_to_weibo, credential_added_to_linkedin_profile, credential_downloaded, credential_link_copied, credential_verified)"
            },
            {
              "name": "--by VALUE",
              "text": "Who did it; default: recipient (recipient, guest)"
            },
            {
              "name": "--at TIME",
              "text": "When, such as 2026-01-15T09:30:00Z; default: now"
            },
            {
              "name": "-v, --verbose",
              "text": "Shows each request on standard error, without secrets"
            },
            {
              "name": "--sandbox [URL]",
              "text": "Talks to a sandbox instead of Certifier, by default http://127.0.0.1:4010; needs no access token"
            },
            {
              "name": "--token-file FILE",
              "text": "A file that holds the access token; default: CERTIFIER_ACCESS_TOKEN, or a question"
            },
            {
              "name": "--json",
              "text": "Prints one JSON document"
            },
            {
              "name": "--jsonl",
              "text": "Prints one JSON value a line"
            }
          ],
          "children": []
        }
      ]
    },
    {
      "name": "attributes",
      "description": "What the designs of the workspace are filled with.",
      "examples": [
        "certifier attributes list"
      ],
      "values": [],
      "options": [],
      "children": [
        {
          "name": "list",
          "description": "Lists the attributes. The vendor does not document this request: it can disappear.",
          "examples": [
            "certifier attributes list"
          ],
          "values": [],
          "options": [
            {
              "name": "--limit NUMBER",
              "text": "Prints at most so many"
            },
            {
              "name": "-v, --verbose",
              "text": "Shows each request on standard error, without secrets"
            },
            {
              "name": "--sandbox [URL]",
              "text": "Talks to a sandbox instead of Certifier, by default http://127.0.0.1:4010; needs no access token"
            },
            {
              "name": "--token-file FILE",
              "text": "A file that holds the access token; default: CERTIFIER_ACCESS_TOKEN, or a question"
            },
            {
              "name": "--json",
              "text": "Prints one JSON document"
            },
            {
              "name": "--jsonl",
              "text": "Prints one JSON value a line"
            }
          ],
          "children": []
        }
      ]
    },
    {
      "name": "email-templates",
      "description": "The texts of the mails to recipients.",
      "examples": [
        "certifier email-templates list"
      ],
      "values": [],
      "options": [],
      "children": [
        {
          "name": "list",
          "description": "Lists the email templates. The vendor does not document this request: it can disappear.",
          "examples": [
            "certifier email-templates list"
          ],
          "values": [],
          "options": [
            {
              "name": "--limit NUMBER",
              "text": "Prints at most so many"
            },
            {
              "name": "-v, --verbose",
              "text": "Shows each request on standard error, without secrets"
            },
            {
              "name": "--sandbox [URL]",
              "text": "Talks to a sandbox instead of Certifier, by default http://127.0.0.1:4010; needs no access token"
            },
            {
              "name": "--token-file FILE",
              "text": "A file that holds the access token; default: CERTIFIER_ACCESS_TOKEN, or a question"
            },
            {
              "name": "--json",
              "text": "Prints one JSON document"
            },
            {
              "name": "--jsonl",
              "text": "Prints one JSON value a line"
            }
          ],
          "children": []
        }
      ]
    },
    {
      "name": "webhooks",
      "description": "The requests that Certifier sends to your own server.",
      "examples": [
        "certifier webhooks verify body.json --signature 5f8a…"
      ],
      "values": [],
      "options": [],
      "children": [
        {
          "name": "verify",
          "description": "Checks that Certifier sent a request to a webhook, and prints its event.",
          "examples": [
            "certifier webhooks verify body.json --signature 5f8a… --secret-file secret.txt",
            "certifier webhooks verify --signature 5f8a… < body.json"
          ],
          "values": [
            {
              "name": "FILE",
              "text": "The body of the request, unchanged; default: standard input"
            }
          ],
          "options": [
            {
              "name": "--signature HEX",
              "text": "The value of the header X-Webhook-Signature"
            },
            {
              "name": "--secret-file FILE",
              "text": "A file that holds the secret of the webhook; default: CERTIFIER_WEBHOOK_SECRET"
            },
            {
              "name": "--json",
              "text": "Prints one JSON document"
            },
            {
              "name": "--jsonl",
              "text": "Prints one JSON value a line"
            }
          ],
          "children": []
        }
      ]
    },
    {
      "name": "sandbox",
      "description": "Runs a Certifier on this machine, to try things out: nothing is issued or mailed for real.",
      "examples": [
        "certifier sandbox",
        "certifier sandbox --port 4020 --fault 429",
        "certifier groups list --sandbox"
      ],
      "values": [],
      "options": [],
      "children": []
    }
  ]
}
