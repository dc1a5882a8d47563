import Foundation
import HTTPTypes
import Hummingbird
import Testing

@testable import Service

@Suite("Who may use the admin API")
struct AdminAccessTests {
  private static let paths = [
    "/api/v1", "/api/v1/", "/api/v1/provisioning", "/api/v1/connections/x", "/api/v1/nothing", "/api/v1/session",
  ]
  private static let page = ["/console", "/console/", "/console/app.js", "/console/options.json"]

  @Test("Given no admin token in the configuration, nothing is there for any caller", arguments: Self.paths + Self.page)
  func off(path: String) async throws {
    let rig = try AdminRig(token: nil)
    for token in [nil, AdminRig.token] {
      let answer = await rig.call(.get, path, token: token)
      #expect(answer.status == .notFound)
      #expect(answer.errorCode == "NotFound")
    }
    #expect(await rig.call(.post, path).status == .notFound)
  }

  @Test(
    "Given a wrong token or none, the answer is 401 before anything else is told", arguments: Self.paths,
    [nil, "", "wrong", "correct hors", "correct horse battery", "CORRECT HORSE"])
  func refused(path: String, token: String?) async throws {
    let answer = try await AdminRig().call(.get, path, token: token)
    #expect(answer.status == .unauthorized)
    #expect(answer.headers[.wwwAuthenticate]?.hasPrefix("Bearer") == true)
    #expect(answer.errorCode == "Unauthorized")
  }

  @Test("Given the token, what is not there is 404 and what is there is not")
  func admitted() async throws {
    let rig = try AdminRig()
    #expect(await rig.call(.get, "/api/v1/nothing").status == .notFound)
    #expect(await rig.call(.get, "/api/v1/escrows").status == .ok)
    let answer = await rig.call(.put, "/api/v1/connections/x")
    #expect(answer.status == .methodNotAllowed)
    #expect(answer.headers[.allow] == "GET, DELETE")
  }

  @Test("Given paths that only begin alike, the token does not matter")
  func neighbours() async throws {
    #expect(try await AdminRig().call(.get, "/api/v10", token: nil).status == .notFound)
    #expect(try await AdminRig().call(.get, "/livez", token: nil).status == .ok)
  }

  @Test(
    "Given another token in the file, it counts at once, and the old one no more; without the file no caller gets in")
  func rotation() async throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "rollcall-token-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data("first\r\n".utf8).write(to: file)
    let rig = try AdminRig(token: .file(file.path))
    #expect(await rig.call(.get, "/api/v1/escrows", token: "first").status == .ok)
    try Data("second\n".utf8).write(to: file)
    #expect(await rig.call(.get, "/api/v1/escrows", token: "first").status == .unauthorized)
    #expect(await rig.call(.get, "/api/v1/escrows", token: "second").status == .ok)
    try FileManager.default.removeItem(at: file)
    let answer = await rig.call(.get, "/api/v1/escrows", token: "second")
    #expect(answer.status == .serviceUnavailable)
    #expect(!answer.text.contains(file.path), "where secrets lie is for the log")
  }

  @Test("Given a body over the limit, it is not read to its end")
  func hugeBody() async throws {
    let body = "{\"expression\": \"\(String(repeating: "x", count: 2000))\"}"
    #expect(try await AdminRig().call(.post, "/api/v1/expressions/evaluate", body: body).status == .contentTooLarge)
  }
}
