/**
 * All operations of the API by name, for code that needs every operation, such as the sandbox, tests or generated
 * documentation. Importing this module bundles all operations; to call some of them, import their own modules.
 *
 * @since 0.1.0
 */
import * as Credentials from "./Credentials.js"
import * as Designs from "./Designs.js"
import * as Groups from "./Groups.js"
import * as Interactions from "./Interactions.js"

/**
 * The 19 operations that the vendor documents. Experimental operations are excluded.
 *
 * @since 0.1.0
 * @category models
 */
export const operations = {
  listGroupsPage: Groups.listPage,
  createGroup: Groups.create,
  getGroup: Groups.get,
  updateGroup: Groups.update,
  deleteGroup: Groups.delete,
  listDesignsPage: Designs.listPage,
  getDesign: Designs.get,
  listCredentialsPage: Credentials.listPage,
  createCredential: Credentials.create,
  getCredential: Credentials.get,
  updateCredential: Credentials.update,
  deleteCredential: Credentials.delete,
  searchCredentialsPage: Credentials.searchPage,
  issueCredential: Credentials.issue,
  sendCredential: Credentials.send,
  createIssueSendCredential: Credentials.createIssueSend,
  listCredentialDesigns: Credentials.designs,
  listInteractionsPage: Interactions.listPage,
  createInteraction: Interactions.create
} as const
