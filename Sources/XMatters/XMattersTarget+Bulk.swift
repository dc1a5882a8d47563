import HTTPTransport
import JSON
package import ProvisioningModel

// The user upload (docs/reference/xmatters-api.md, "User upload"). What an import job calls its states is not confirmed: whatever is not
// known means that it goes on.

extension XMattersTarget: BulkTarget {
  private static var uploadRoute: String { "/uploads/users-v1" }
  private static var jobRoute: String { "/imports/{id}" }

  package func upload(_ people: [NewPerson]) async throws(Failure) -> UploadID {
    let body = RequestBody(file: UserUploadFile(people).text, named: UserUploadFile.name, field: "file")
    let route = Self.uploadRoute
    let job = try await client.send(.post, route, route: route, body: body, isRepeatable: false).json(.post, route)
    guard let id = job["id"]?.string else {
      throw XMattersFailure.unreadable(.post, route, "the import job has no id", wroteAnyway: true)
    }
    return UploadID(id)
  }

  package func progress(of upload: UploadID) async throws(Failure) -> UploadProgress {
    let path = "/imports/\(URLEncoding.pathSegment(upload.rawValue))"
    return UploadProgress(try await client.get(path, route: Self.jobRoute).json(.get, Self.jobRoute))
  }
}

extension UploadProgress {
  private static let endings = ["COMPLET", "FINISH", "SUCC", "DONE", "FAIL", "ERROR", "ABORT", "CANCEL", "REJECT"]

  init(_ job: JSON) {
    let processed = job["processedCount"]?.integer ?? 0
    let total = job["totalCount"]?.integer ?? 0
    let status = job["status"]?.string?.uppercased() ?? ""
    let hasFinished = job["finishedAt"]?.string?.isEmpty == false
    let isEnded = hasFinished || Self.endings.contains(where: status.contains) || total > 0 && processed >= total
    self.init(isEnded: isEnded, processed: Int(clamping: processed))
  }
}
