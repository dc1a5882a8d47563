import MicrosoftGraph
import ProvisioningModel

/// Notices that a credential comes to its end, in time for a person to replace it: once a stage. Pure.
struct CredentialWatch: Sendable {
  enum Event: Hashable, Sendable {
    /// The credential ends, and has not been replaced yet.
    case ending(at: Timestamp, left: Duration)
    case ended(at: Timestamp)
    /// Another one is there, and has long to go.
    case replaced(until: Timestamp)
  }

  /// With so many days left a person is told, each time.
  static let days = [30, 14, 7, 3, 1]
  /// What is replaced all the time ought to have been, with a tenth of its life left: the kubelet does it at a fifth.
  static let rotatedShare = 0.1

  /// 0 is fine; it grows as the end comes closer.
  private var stage = 0

  mutating func note(_ life: CredentialLife, now: Timestamp) -> Event? {
    let left = life.end - now
    let stage = Self.stage(life, left)
    defer { self.stage = stage }
    if stage == 0, self.stage > 0 { return .replaced(until: life.end) }
    guard stage > self.stage else { return nil }
    return left > .zero ? .ending(at: life.end, left: left) : .ended(at: life.end)
  }

  private static func stage(_ life: CredentialLife, _ left: Duration) -> Int {
    if left <= .zero { return days.count + 1 }
    guard let whole = life.whole else { return days.count { left <= .seconds($0 * 86_400) } }
    return left < whole * rotatedShare ? 1 : 0
  }
}

extension OperatorMail {
  /// - Parameter credential: The key that names it, such as `directory.certificateFile`.
  init?(_ event: CredentialWatch.Event, credential: String) {
    let what = "The credential of \(credential), with which Rollcall signs in to Entra ID,"
    switch event {
    case .ending(let end, let left):
      let days = left.milliseconds / 86_400_000
      let wholeMinutes = Duration.seconds(left.milliseconds / 60_000 * 60)
      let remaining = days > 0 ? "in \(days) days" : "in \(DurationText.describe(wholeMinutes))"
      self.init(
        kind: "credential", subject: "a credential ends \(remaining)", "\(what) ends at \(end).",
        advice: Self.advice(credential), meanwhile: "everything goes on until then; afterwards nothing does.")
    case .ended(let end):
      self.init(
        kind: "credential", subject: "a credential has ended", "\(what) ended at \(end).",
        advice: Self.advice(credential), meanwhile: "nothing can be read from the directory.")
    case .replaced:
      return nil
    }
  }

  private static func advice(_ credential: String) -> String {
    switch credential {
    case "directory.certificateFile":
      "make a new certificate, add it to the app registration, and put it with its key into the file. No restart is needed."
    case "directory.federatedTokenFile":
      "see why the token is not replaced: in Kubernetes the kubelet does that, and the volume must be mounted as a folder."
    default:
      "make a new secret for the app registration and put it into the file, then correct directory.clientSecretExpires. "
        + "No restart is needed for the file."
    }
  }
}
