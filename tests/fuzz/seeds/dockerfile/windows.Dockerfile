# escape=`
FROM mcr.microsoft.com/windows/servercore:ltsc2022
SHELL ["powershell", "-Command"]
RUN Get-Item C:\a; `
  Remove-Item "$env:TEMP\*"
WORKDIR c:\app
COPY a\b.exe .
