import Foundation
import JSON
import ProvisioningModel
import Testing
@testable import MicrosoftGraph

@Suite("How long a credential is good for")
struct CredentialLifeTests {
  private static func token(_ claims: JSONValue) -> String {
    let payload = Data(claims.serialized()).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
      .replacing("=", with: "")
    return "e30.\(payload).c2ln"
  }

  private func life(_ token: String) async -> CredentialLife? {
    await ClientCredential.federatedToken { token }.life()
  }

  @Test("a token tells it, in whole seconds or not")
  func token() async {
    let end = Timestamp(milliseconds: 1_800_000_000_000)
    #expect(
      await life(Self.token(["exp": 1_800_000_000, "iat": 1_799_996_400, "sub": "ü?"]))
        == CredentialLife(end: end, whole: .seconds(3600)))
    #expect(await life(Self.token(["exp": .real(1_800_000_000.0)])) == CredentialLife(end: end))
  }

  @Test(
    "what is no token, or does not tell, tells nothing",
    arguments: ["", "a.b", "a.b.c", "e30.e30.e30", "e30.eyJleHAiOiJzb29uIn0.e30", "e30.eyJleHAiOjFlOTl9.e30"])
  func noToken(text: String) async {
    #expect(await life(text) == nil)
  }

  @Test("a secret tells nothing, and neither does a file that cannot be read")
  func silent() async {
    struct Unreadable: Error {}
    #expect(await ClientCredential.secret { "s" }.life() == nil)
    #expect(await ClientCredential.certificate { throw Unreadable() }.life() == nil)
    #expect(await ClientCredential.certificate { "nonsense" }.life() == nil)
  }

  @Test("a certificate that OpenSSL made tells its end, in this century and the next", arguments: [30, 20_000])
  func certificate(days: Int) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "rollcall-life-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let paths = ["key", "pem"].map { folder.appending(path: $0).path }
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/openssl")
    process.arguments = [
      "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "\(days)", "-subj", "/CN=rollcall", "-keyout", paths[0],
      "-out", paths[1],
    ]
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    let pem = try paths.map { try String(contentsOfFile: $0, encoding: .utf8) }.joined()
    let life = try #require(await ClientCredential.certificate { pem }.life())
    let left = Double(life.end.milliseconds) / 1000 - Date().timeIntervalSince1970
    #expect(abs(left - Double(days) * 86_400) < 600)
    #expect(life.whole == nil)
  }
}
