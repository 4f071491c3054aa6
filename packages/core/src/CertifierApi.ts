/**
 * All operations of the API by name, for what is about all of them: the sandbox, tests, a page of documentation. A program
 * that imports it carries every operation; one that calls operations imports their modules instead.
 *
 * @since 0.1.0
 */
import * as Credentials from "./Credentials.js"
import * as Designs from "./Designs.js"
import * as Groups from "./Groups.js"
import * as Interactions from "./Interactions.js"

/**
 * The 19 operations that the vendor documents. Experimental ones are not among them.
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
