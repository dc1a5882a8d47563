import HTTPTransport
import MicrosoftGraph
import ProvisioningModel
import XMatters

/// Tests the credentials of both sides with reads alone (docs/http-api.md, "Job").
struct CredentialTest: Sendable {
  /// A side that does not answer is told of after this long, whatever its retries.
  static let patience = Duration.seconds(30)

  let assembly: Assembly

  func run() async -> ConnectionFailure? {
    if let failure = await failure(of: { () throws(Failure) in
      try await assembly.directory.testSignIn()
      try await assembly.directory.testAssignments(to: try await assembly.directory.application())
    }) {
      return ConnectionFailure(side: .directory, failure: failure)
    }
    if let failure = await failure(of: { () throws(Failure) in
      _ = try await assembly.target.catalogue(refreshing: true)
      // As Entra's own test does: no person has this name, and an empty list is the right answer.
      _ = try await assembly.target.people(where: .targetName, equals: "rollcall-connection-test")
    }) {
      return ConnectionFailure(side: .xmatters, failure: failure)
    }
    return nil
  }

  private func failure(of body: @escaping @Sendable () async throws(Failure) -> Void) async -> Failure? {
    await withTaskGroup(of: Failure?.self) { group in
      group.addTask {
        await Urgency.$isLive.withValue(true) {
          do throws(Failure) {
            try await body()
            return nil
          } catch {
            return error
          }
        }
      }
      group.addTask {
        do { try await Task.sleep(for: Self.patience) } catch { return .cancelled }
        return Failure(
          .retry(after: nil), .timeout, "There was no usable answer within \(DurationText.describe(Self.patience)).",
          advice: "Check the address and whether that side is up.")
      }
      defer { group.cancelAll() }
      return await group.next() ?? nil
    }
  }
}
