import Foundation
import HTTPTransport
import Testing

/// TLS against OpenSSL's own test server, with a certificate that the test makes.
@Suite struct TLSTests {
  @Test("a server is trusted by the CA file alone")
  func caFile() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "rollcall-tls-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for name in ["server", "other"] {
      try run([
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost", "-addext",
        "subjectAltName=IP:127.0.0.1", "-keyout", folder.path + "/\(name).key", "-out", folder.path + "/\(name).pem",
      ]).waitUntilExit()
    }
    let port = Int.random(in: 20_000..<60_000)
    let server = try run([
      "s_server", "-accept", "127.0.0.1:\(port)", "-cert", folder.path + "/server.pem", "-key",
      folder.path + "/server.key",
      "-www", "-quiet",
    ])
    defer { server.terminate() }
    let url = "https://127.0.0.1:\(port)/"
    #expect(try await answer(url, caFile: folder.path + "/server.pem") == .success(200))
    #expect(try await answer(url, caFile: folder.path + "/other.pem") == .failure(.tls))
    #expect(try await answer(url, caFile: nil) == .failure(.tls))
  }

  private enum Outcome: Equatable {
    case success(Int)
    case failure(TransportError.Phase)
  }

  /// Tries again while the server is not up yet.
  private func answer(_ url: String, caFile: String?) async throws -> Outcome {
    var configuration = HTTPClient.Configuration()
    configuration.proxy = ""
    configuration.caFile = caFile
    let client = try HTTPClient(configuration)
    var outcome = Outcome.failure(.connect)
    for _ in 0..<100 where outcome == .failure(.connect) {
      do {
        outcome = .success(try await client.send(HTTPRequest(url: url)).status)
      } catch let error as TransportError {
        outcome = .failure(error.phase)
        if error.phase == .connect { usleep(50_000) }
      }
    }
    await client.shutdown()
    return outcome
  }

  @discardableResult
  private func run(_ arguments: [String]) throws -> Process {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/openssl")
    process.arguments = arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    return process
  }
}
