import Foundation
import HTTPTypes
import Testing
import Yams

@testable import Service

@Suite("The description of the HTTP interface")
struct OpenAPITests {
  private static let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "openapi.yaml")

  private struct Operation: Hashable, CustomStringConvertible {
    var method: String
    var path: String
    var description: String { "\(method) \(path)" }
  }

  @Test("Given openapi.yaml, it is what the service serves")
  func embedded() throws {
    #expect(
      try String(contentsOf: Self.file, encoding: .utf8) == OpenAPIDocument.yaml)
  }

  @Test("Given the routes, the description has each of them and no other; those of the admin API ask for the token")
  func routes() throws {
    let document = try #require(try Yams.load(yaml: OpenAPIDocument.yaml) as? [String: Any])
    let paths = try #require(document["paths"] as? [String: [String: Any]])
    // The way in: who has a session has signed in here.
    let entrance = Operation(method: "POST", path: "/api/v1/session")
    var described: [Operation: Bool] = [:]
    for (path, item) in paths {
      for (method, operation) in item where method != "parameters" {
        described[Operation(method: method.uppercased(), path: path)] =
          (operation as? [String: Any])?["security"] != nil
      }
    }
    let routes = Route.all.map { Operation(method: $0.method.rawValue, path: $0.path) }
    #expect(Set(routes) == Set(described.keys))
    #expect(routes.count == Set(routes).count)
    for (operation, isGuarded) in described {
      #expect(isGuarded == (AdminAPI.covers(operation.path) && operation != entrance), "\(operation)")
    }
  }
}
