package harness

import hudson.AbortException

/** emailext: a mail as the plugin makes it, kept, and sent where the scenario names a server. */
class Mail {
    private static final List<String> TYPES = ['text/plain', 'text/html', 'both']
    private final Run run

    Mail(Run run) { this.run = run }

    def send(Map it) {
        String type = it.mimeType ?: 'text/plain'
        if (!TYPES.contains(type)) throw new HarnessError("emailext: there is no mimeType ${type}; there are ${TYPES.join(', ')}")
        Map people = recipients(it.to as String)
        if (!people.to && !people.cc) throw new HarnessError('emailext: nobody is to get this mail')
        Map settings = (run.scenario.mail ?: [:]) as Map
        String from = it.from ?: settings.from ?: 'jenkins@jenkins.invalid'
        String subject = expanded(it.subject as String)
        String body = expanded(it.body as String)
        String text = message(from, people, subject, body, type, it.attachLog as boolean)
        run.mails << [from: from, to: people.to, cc: people.cc, subject: subject, body: body, stage: run.context.stage?.name]
        if (settings.port) deliver(settings, from, people.to + people.cc + people.bcc, text)
    }

    /** Tokens of the mail plugin: the build's log, its variables. Others stay as they are. */
    private String expanded(String text) {
        text.replaceAll(/\$(?:(\w+)|\{(\w+)(?:,\s*var="(\w+)")?[^}]*\})/) { String whole, String bare, String braced, String variable ->
            String name = bare ?: braced
            name == 'BUILD_LOG' ? run.console.text : run.variable(name == 'ENV' && variable ? variable : name) ?: whole
        }
    }

    /** `a@x, cc:b@x, bcc:c@x`. */
    private static Map recipients(String list) {
        Map people = [to: [], cc: [], bcc: []]
        (list ?: '').split(/[,\s]+/).findAll { it }.each { String one ->
            def kind = ['cc', 'bcc'].find { one.startsWith("${it}:") }
            String address = kind ? one.substring(kind.size() + 1) : one
            if (!(address ==~ /[^@<>\s]+@[^@<>\s]+/)) throw new HarnessError("emailext: ${address} is no mail address")
            people[kind ?: 'to'] << address
        }
        return people
    }

    private String message(String from, Map people, String subject, String body, String type, boolean attachLog) {
        String mixed = 'mixed-boundary', both = 'both-boundary'
        List<String> lines = ["From: ${from}", "To: ${people.to.join(', ')}"]
        if (people.cc) lines << "Cc: ${people.cc.join(', ')}"
        String date = new Date().format('EEE, dd MMM yyyy HH:mm:ss Z', TimeZone.getTimeZone('UTC'))
        lines += ["Subject: =?UTF-8?B?${subject.getBytes('UTF-8').encodeBase64()}?=", "Date: ${date}",
            'MIME-Version: 1.0', 'Precedence: bulk', "Content-Type: multipart/mixed; boundary=\"${mixed}\"", '', "--${mixed}"]
        if (type == 'both') {
            lines += ["Content-Type: multipart/alternative; boundary=\"${both}\"", '', "--${both}"]
            lines += part('text/plain', plain(body)) + ["--${both}"] + part('text/html', body) + ["--${both}--"]
        } else {
            lines += part(type, body)
        }
        if (attachLog) lines += ["--${mixed}", 'Content-Disposition: attachment; filename="build.log"'] + part('text/plain', run.console.text)
        return (lines + ["--${mixed}--", '']).join('\r\n')
    }

    private static List<String> part(String type, String text) {
        ["Content-Type: ${type}; charset=UTF-8", 'Content-Transfer-Encoding: base64', '', text.getBytes('UTF-8').encodeBase64(true).toString().trim()]
    }

    /** What is left of HTML as text, about as the plugin does it: blocks on lines of their own. */
    private static String plain(String html) {
        html.replaceAll(/(?is)<(style|script|head)\b.*?<\/\1>/, '').replaceAll(/\s*\n\s*/, ' ')
            .replaceAll(/(?i)<a [^>]*href="([^"]*)"[^>]*>(.*?)<\/a>/, '$2 <$1>').replaceAll(/(?i)<pre>/, '\n').replaceAll(/(?i)<br *\/?>/, '\n')
            .replaceAll(/(?i)<\/(p|div|h\d|tr|li|ul|table|pre)>/, '\n').replaceAll(/(?i)<\/t[dh]>/, ' ').replaceAll(/<(?!https?:)[^>]*>/, '')
            .replace('&lt;', '<').replace('&gt;', '>').replace('&quot;', '"').replace('&#39;', "'").replace('&#36;', '$').replace('&amp;', '&')
            .readLines()*.trim().join('\n').replaceAll(/\n{3,}/, '\n\n').trim() + '\n'
    }

    private static void deliver(Map settings, String from, List<String> to, String message) {
        new Socket((settings.host ?: '127.0.0.1') as String, settings.port as int).withCloseable { Socket socket ->
            socket.soTimeout = 20_000
            BufferedReader reader = new BufferedReader(new InputStreamReader(socket.inputStream, 'UTF-8'))
            Closure say = { String line, String expected ->
                if (line != null) socket.outputStream << "${line}\r\n".getBytes('UTF-8')
                String answer = reader.readLine()
                while (answer != null && answer.size() > 3 && answer[3] == '-') answer = reader.readLine()
                if (answer == null || !answer.startsWith(expected)) throw new AbortException("mail server: ${answer}")
            }
            say(null, '220')
            say('EHLO localhost', '250')
            say("MAIL FROM:<${from}>", '250')
            to.each { say("RCPT TO:<${it}>", '250') }
            say('DATA', '354')
            say(message.replaceAll(/(?m)^\./, '..') + '\r\n.', '250')
            say('QUIT', '221')
        }
    }
}
