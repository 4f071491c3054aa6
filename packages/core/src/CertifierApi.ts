/**
 * All operations of the API by name, for what is about all of them: the sandbox, tests, a page of documentation. A program
 * that imports it carries every operation; one that calls operations imports their modules instead.
 *
 * @since 0.1.0
 */
import * as Groups from "./Groups.js"

/**
 * The operations that the vendor documents.
 *
 * @since 0.1.0
 * @category models
 */
export const operations = {
  listGroupsPage: Groups.listPage,
  createGroup: Groups.create,
  getGroup: Groups.get,
  updateGroup: Groups.update,
  deleteGroup: Groups.delete
} as const
