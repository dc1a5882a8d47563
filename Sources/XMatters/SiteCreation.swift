import HTTPTransport
import JSON
import ProvisioningModel

/// Makes sites (docs/reference/xmatters-api.md, "Sites, roles and device names").
enum SiteCreation {
  /// - Returns: The id of the site, also if another process made it.
  static func create<C: Clock>(
    _ name: String, like model: String, _ client: XMattersClient<C>
  ) async throws(Failure) -> String where C.Duration == Duration {
    guard let other = try await site(model, client) else {
      throw Failure(
        .escrow, .schemaAttributeNotFound,
        "The site '\(name)' cannot be made like '\(model)', which xMatters does not have.",
        advice: "Correct xmatters.defaultSite: new sites take country, language and time zone from it.")
    }
    var body: [String: JSONValue] = ["name": .string(name), "status": "ACTIVE"]
    for field in ["country", "language", "timezone"] { body[field] = other[field]?.value }
    do throws(Failure) {
      let answer = try await client.send(.post, "/sites", route: "/sites", body: .object(body), isRepeatable: true)
      return try id(of: try answer.json(.post, "/sites"))
    } catch  where error.code == .conflict || error.outcomeIsUnknown {
      // Made by another client a moment ago, or by ourselves with the answer lost.
      guard let site = try await site(name, client) else { throw error }
      return try id(of: site)
    }
  }

  private static func site<C: Clock>(
    _ name: String, _ client: XMattersClient<C>
  ) async throws(Failure) -> JSON? where C.Duration == Duration {
    let route = "/sites/{id}"
    let answer = try await client.get("/sites/\(URLEncoding.pathSegment(name))", route: route)
    return answer.status == 404 ? nil : try answer.json(.get, route)
  }

  private static func id(of site: JSON) throws(Failure) -> String {
    guard let id = site["id"]?.string else { throw XMattersFailure.unreadable(.post, "/sites", "it has no id") }
    return id
  }
}
